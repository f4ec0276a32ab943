"""Two admins who demote each other at the same moment leave one."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import func, select

from gql_users.access import OPERATOR
from gql_users.models import User
from proofs.findings import Finding, all_of
from proofs.outcomes import outcome, told
from proofs.stage import KINDS, Service, Stage, a_service, an_engine
from tests.door import PASSWORD, Door, Person

ROUNDS = 100
TOKEN = "tokens { accessToken }"
ADMINS = select(func.count()).select_from(User).where(User.is_admin, User.deactivated_at.is_(None))


async def prove(stage: Stage) -> list[Finding]:
    """Does it a hundred times."""
    findings: list[Finding] = []
    for kind in KINDS:
        left_one = 0
        answers: Counter[str] = Counter()
        async with stage.fresh(kind) as settings, a_service(settings) as service, an_engine(settings) as engine:
            ann, bob = [await service.door.register(f"{name}@example.com") for name in ("ann", "bob")]
            for _ in range(ROUNDS):
                as_ann, as_bob = [await _as_an_admin(service, person) for person in (ann, bob)]
                demotions = ((as_ann, bob), (as_bob, ann))
                answers.update(
                    await asyncio.gather(
                        *(
                            outcome(door, "setUserAdmin", {"id": other.id, "isAdmin": False})
                            for door, other in demotions
                        )
                    )
                )
                async with engine.connect() as connection:
                    left_one += await connection.scalar(ADMINS) == 1
        findings.append(all_of(kind, "rounds that leave exactly one admin", left_one, ROUNDS, told(answers)))
    return findings


async def _as_an_admin(service: Service, person: Person) -> Door:
    await service.services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
    login = {"email": person.email, "password": PASSWORD}
    return service.door.showing((await service.door.done("login", login, TOKEN))["tokens"]["accessToken"])
