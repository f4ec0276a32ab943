"""A refresh token that fifty exchange at the same moment is exchanged once, and all fifty get the same next one."""

from __future__ import annotations

import asyncio
import time
from itertools import cycle, islice

from sqlalchemy import select

from gql_users.models import Session
from proofs.findings import Finding, all_of
from proofs.stage import KINDS, Stage, a_service, an_engine
from tests.door import Door

ROUNDS = 50
AT_ONCE = 50
NEXT = "tokens { refreshToken }"


async def prove(stage: Stage) -> list[Finding]:
    """Exchanges at two services on one database, which know of each other only what the database tells."""
    findings: list[Finding] = []
    for kind in KINDS:
        one_further = the_same = 0
        slowest = 0.0
        async with (
            stage.fresh(kind) as settings,
            a_service(settings) as one,
            a_service(settings) as other,
            an_engine(settings) as engine,
        ):
            token = (await one.door.register("ann@example.com")).refresh_token
            for number in range(ROUNDS):
                started = time.perf_counter()
                successors = await _exchanged_by_all(token, one.door, other.door)
                slowest = max(slowest, time.perf_counter() - started)
                async with engine.connect() as connection:
                    one_further += await connection.scalar(select(Session.generation)) == number + 2
                token = successors[0] or token
                the_same += sum(successor == token for successor in successors)
        rounds = f"rounds of {AT_ONCE} at once that begin exactly one generation"
        findings += [
            all_of(kind, rounds, one_further, ROUNDS, f"the slowest took {slowest:.2f} s"),
            all_of(kind, "answers that carry the one successor", the_same, ROUNDS * AT_ONCE),
        ]
    return findings


async def _exchanged_by_all(token: str, *doors: Door) -> list[str | None]:
    """What each gets: the next token, or nothing."""

    async def exchanged(door: Door) -> str | None:
        query = f"mutation ($token: String!) {{ refresh(input: {{refreshToken: $token}}) {{ {NEXT} }} }}"
        payload = ((await door.answer(query, {"token": token})).json().get("data") or {}).get("refresh") or {}
        return (payload.get("tokens") or {}).get("refreshToken")

    return await asyncio.gather(*(exchanged(door) for door in islice(cycle(doors), AT_ONCE)))
