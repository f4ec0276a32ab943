"""A refresh token that fifty use at the same moment, at two processes, begins one generation, and all get the same."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users import Settings
from gql_users.events import EventKind
from gql_users.models import Event, Session
from proofs.findings import Finding, all_of, at_most
from proofs.outcomes import DONE, told
from proofs.stage import EVERYBODY_AT_ONCE, KINDS, Stage, an_engine
from tests.commands import Commands
from tests.databases import SECRET
from tests.door import Door

ROUNDS = 200
AT_ONCE = 50
REFRESH = """mutation ($token: String!) {
    refresh(input: {refreshToken: $token}) { tokens { accessToken refreshToken } errors { code } }
}"""
WRITTEN = select(func.count()).select_from(Event).where(Event.kind == EventKind.REFRESHED)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one of the fifty got: both tokens, or else the code of the refusal."""

    status: int
    outcome: str
    access_token: str | None = None
    refresh_token: str | None = None


@dataclass
class Rounds:
    """What became of the rounds so far."""

    begun_one: int = 0
    still_good: int = 0
    the_same: int = 0
    failures: int = 0
    slowest: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)


async def prove(stage: Stage) -> list[Finding]:
    """Does it two hundred times over, each time with the token that the last time gave."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with stage.fresh(kind) as settings, two_processes(settings) as doors, an_engine(settings) as engine:
            rounds = Rounds()
            token = (await doors[0].register("ann@example.com")).refresh_token
            for number in range(ROUNDS):
                token = await _round(rounds, number, token, doors, engine)
            async with engine.connect() as connection:
                written = await connection.scalar(WRITTEN) or 0
        outcomes = told(rounds.outcomes)
        begun = f"rounds of {AT_ONCE} at once that begin exactly one generation"
        findings += [
            all_of(kind, begun, rounds.begun_one, ROUNDS, f"the slowest took {rounds.slowest:.2f} s"),
            all_of(kind, "answers that carry the one successor", rounds.the_same, ROUNDS * AT_ONCE, outcomes),
            at_most(kind, "answers with a status of 5xx", rounds.failures, 0, ""),
            all_of(kind, "rounds after which the new tokens are good at both processes", rounds.still_good, ROUNDS),
            all_of(kind, "REFRESHED events, one a generation", written, ROUNDS),
        ]
    return findings


@asynccontextmanager
async def two_processes(settings: Settings) -> AsyncIterator[tuple[Door, Door]]:
    """The doors of two `gql-users serve` on one database, which know of each other only what the database tells."""
    with TemporaryDirectory(prefix="gql-users-") as folder:
        # In production a start neither migrates nor makes an admin, and the two need not wait for each other.
        commands = Commands(Path(folder), {"database_url": settings.database, "secret": SECRET, "env": "production"})
        async with (
            commands.serving() as one,
            commands.serving() as other,
            httpx.AsyncClient(base_url=one.url, timeout=60, limits=EVERYBODY_AT_ONCE) as at_one,
            httpx.AsyncClient(base_url=other.url, timeout=60, limits=EVERYBODY_AT_ONCE) as at_other,
        ):
            yield Door(at_one), Door(at_other)


async def _round(rounds: Rounds, number: int, token: str, doors: Sequence[Door], engine: AsyncEngine) -> str:
    """One more round. The token for the next one."""
    started = time.perf_counter()
    answers = await asyncio.gather(*(_exchanged(door, token) for door in islice(cycle(doors), AT_ONCE)))
    rounds.slowest = max(rounds.slowest, time.perf_counter() - started)
    rounds.outcomes.update(answer.outcome for answer in answers)
    rounds.failures += sum(answer.status >= 500 for answer in answers)
    async with engine.connect() as connection:
        rounds.begun_one += await connection.scalar(select(Session.generation)) == number + 2
    # All answers are one and the same, or the round is lost: the most common of them goes on.
    successors = Counter(answer.refresh_token for answer in answers if answer.refresh_token is not None)
    successor, times = successors.most_common(1)[0] if successors else (token, 0)
    rounds.the_same += times
    # The last two came from either door; each is shown at the other one.
    shown = zip(doors, answers[:-3:-1], strict=True)
    rounds.still_good += {await standing(door, answer.access_token) for door, answer in shown} == {DONE}
    return successor


async def _exchanged(door: Door, token: str) -> Answered:
    answer = await door.answer(REFRESH, {"token": token})
    body = answer.json()
    payload = (body.get("data") or {}).get("refresh")
    if payload is None:
        return Answered(answer.status_code, str(body["errors"][0]["extensions"]["code"]))
    if payload["errors"]:
        return Answered(answer.status_code, str(payload["errors"][0]["code"]))
    tokens = payload["tokens"]
    return Answered(answer.status_code, DONE, tokens["accessToken"], tokens["refreshToken"])


async def standing(door: Door, access_token: str | None) -> str:
    """What this process makes of the bearer of an access token: `done` when it takes the token, or else why not."""
    body = (await door.showing(access_token).answer("{ me { id } }")).json()
    if "errors" in body:
        extensions = body["errors"][0]["extensions"]
        return str(extensions.get("reason") or extensions["code"])
    return DONE if body["data"]["me"] else "nobody"
