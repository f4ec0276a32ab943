"""Two admins who demote each other at the same moment, each at another process, leave one admin, every time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from gql_users.access import OPERATOR
from gql_users.events import EventKind
from gql_users.models import Event, User
from proofs.findings import Finding, all_of
from proofs.outcomes import DONE, outcome, told
from proofs.refresh_races import two_processes
from proofs.stage import KINDS, Service, Stage, a_service, an_engine
from tests.door import PASSWORD, Door, Person

ROUNDS = 100
TOKEN = "tokens { accessToken }"
ADMINS = select(func.count()).select_from(User).where(User.is_admin, User.deactivated_at.is_(None))
WITHDRAWN = select(func.count()).select_from(Event).where(Event.kind == EventKind.ADMIN_WITHDRAWN)


async def prove(stage: Stage) -> list[Finding]:
    """Makes both of them admins again and has them demote each other, a hundred times on each database."""
    findings: list[Finding] = []
    for kind in KINDS:
        left_one = did_one = 0
        answers: Counter[str] = Counter()
        async with (
            stage.fresh(kind) as settings,
            a_service(settings) as service,
            two_processes(settings) as doors,
            an_engine(settings) as engine,
        ):
            people = [await service.door.register(f"{name}@example.com") for name in ("ann", "bob")]
            for _ in range(ROUNDS):
                came = await _demote_each_other(service, doors, people)
                answers.update(came)
                did_one += came.count(DONE) == 1
                async with engine.connect() as connection:
                    left_one += await connection.scalar(ADMINS) == 1
            async with engine.connect() as connection:
                withdrawn = await connection.scalar(WITHDRAWN) or 0
        findings += [
            all_of(kind, "rounds that leave exactly one admin", left_one, ROUNDS),
            all_of(kind, "rounds in which one is done and the other refused", did_one, ROUNDS, told(answers)),
            all_of(kind, "ADMIN_WITHDRAWN events, one a round", withdrawn, ROUNDS),
        ]
    return findings


async def _demote_each_other(service: Service, doors: Sequence[Door], people: Sequence[Person]) -> list[str]:
    """What becomes of the two demotions, each at a process of its own, by somebody who signed in there."""
    at_doors = [await _as_an_admin(service, door, person) for door, person in zip(doors, people, strict=True)]
    demotions = zip(at_doors, reversed(people), strict=True)
    return await asyncio.gather(
        *(outcome(door, "setUserAdmin", {"id": other.id, "isAdmin": False}) for door, other in demotions)
    )


async def _as_an_admin(service: Service, door: Door, person: Person) -> Door:
    await service.services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
    login = {"email": person.email, "password": PASSWORD}
    return door.showing((await door.done("login", login, TOKEN))["tokens"]["accessToken"])
