"""How long a failed sign-in takes does not tell why it failed, and neither does what it says."""

from __future__ import annotations

import random
import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from gql_users import Settings
from proofs.findings import Finding, all_of, at_most
from proofs.stage import KINDS, Stage, an_administered_service
from tests.commands import Commands
from tests.databases import SECRET
from tests.door import PASSWORD, Door

SAMPLES = 500
PEOPLE = 50
MOST_AUC = 0.55
UNHEEDED = {"account_attempts": "1000", "network_attempts": "100000"}

# Each pair is asked for a hundred times, which is over long before the half minute is.
WAITS = 5
FOR_ONE_TRY = {"account_attempts": "1", "network_attempts": "100000"}

LOGIN = """mutation ($input: LoginInput!) { login(input: $input) {
  user { id } tokens { accessToken }
  errors { __typename code message path ... on RateLimitedError { retryAfterSeconds } }
} }"""
SECONDS = re.compile(rb'"retryAfterSeconds": ?[0-9]+')


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that fails, and the reason why."""

    why: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How long it took, and everything that came but for the moment and the request's id."""

    milliseconds: float
    came: tuple[object, ...]


async def prove(stage: Stage) -> list[Finding]:
    """Failures of every kind in random order, each measured by somebody who asks one thing at a time."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with stage.fresh(kind) as settings:
            failing = await _people(settings, range(PEOPLE))
            # Whose earlier failures count would wait for another time.
            waiting = await _people(settings, range(PEOPLE, PEOPLE + WAITS))
            async with _process(settings, UNHEEDED) as door:
                findings += _compared(kind, "INVALID_CREDENTIALS", await _failures(door, failing))
            async with _process(settings, FOR_ONE_TRY) as door:
                findings += _compared(kind, "RATE_LIMITED", await _limited(door, waiting))
    return findings


@asynccontextmanager
async def _process(settings: Settings, limits: dict[str, str]) -> AsyncIterator[Door]:
    """The door of a `gql-users serve` with these limits, behind one connection that stays open."""
    with TemporaryDirectory(prefix="gql-users-") as folder:
        usual = {"database_url": settings.database, "secret": SECRET, "env": "production"}
        async with (
            Commands(Path(folder), usual | limits).serving() as running,
            httpx.AsyncClient(base_url=running.url, timeout=60) as http,
        ):
            yield Door(http)


async def _people(settings: Settings, numbers: range) -> list[Attempt]:
    """So many people of each kind, and how each fails to sign in."""
    attempts: list[Attempt] = []
    async with an_administered_service(settings) as service:
        for number in numbers:
            emails = {why: f"{why.replace(' ', '-')}-{number:02}@example.com" for why in ("known", "closed", "silent")}
            await service.as_admin.done("createUser", {"email": emails["known"], "password": PASSWORD})
            closed = await service.as_admin.done(
                "createUser", {"email": emails["closed"], "password": PASSWORD}, "user { id }"
            )
            await service.as_admin.done("deactivateUser", {"id": closed["user"]["id"]})
            await service.as_admin.done("createUser", {"email": emails["silent"]})
            attempts += [
                Attempt("unknown user", f"nobody-{number:02}@example.com", PASSWORD),
                Attempt("wrong password", emails["known"], "wrong horse battery"),
                Attempt("deactivated", emails["closed"], PASSWORD),
                Attempt("no password set", emails["silent"], PASSWORD),
            ]
    return attempts


async def _failures(door: Door, failing: Sequence[Attempt]) -> dict[str, list[Answered]]:
    """Five hundred of each kind, every account as often as every other."""
    plan = [*failing] * (SAMPLES // PEOPLE)
    random.shuffle(plan)
    return await _measured(door, plan)


async def _limited(door: Door, waiting: Sequence[Attempt]) -> dict[str, list[Answered]]:
    """Five times a hundred for an account that exists and as many for one that does not, both of which have to wait."""
    answers: dict[str, list[Answered]] = {}
    for number in range(WAITS):
        unknown, known = waiting[4 * number : 4 * number + 2]
        pair = [Attempt("unknown user", unknown.email, "wrong"), Attempt("known user", known.email, "wrong")]
        for attempt in pair:
            await _ask(door, attempt)
        plan = pair * (SAMPLES // WAITS)
        random.shuffle(plan)
        for why, came in (await _measured(door, plan)).items():
            answers.setdefault(why, []).extend(came)
    return answers


async def _measured(door: Door, plan: Sequence[Attempt]) -> dict[str, list[Answered]]:
    answers: dict[str, list[Answered]] = {why: [] for why in sorted({attempt.why for attempt in plan})}
    for attempt in plan[:20]:  # what is done for the first time takes longer
        await _ask(door, attempt)
    for attempt in plan:
        answers[attempt.why].append(await _ask(door, attempt))
    return answers


async def _ask(door: Door, attempt: Attempt) -> Answered:
    said = {"input": {"email": attempt.email, "password": attempt.password}}
    started = time.perf_counter()
    answer = await door.answer(LOGIN, said)
    milliseconds = (time.perf_counter() - started) * 1000
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
    return Answered(milliseconds, (answer.status_code, tuple(headers.items()), SECONDS.sub(b"", answer.content)))


def _compared(kind: str, code: str, answers: Mapping[str, Sequence[Answered]]) -> list[Finding]:
    everything = [answer.came for answers_of_a_kind in answers.values() for answer in answers_of_a_kind]
    alike = sum(came == everything[0] and code in str(came[-1]) for came in everything)
    times = {why: sorted(answer.milliseconds for answer in came) for why, came in answers.items()}
    medians = ", ".join(f"{why} {median(those):.2f} ms" for why, those in times.items())
    return [
        all_of(kind, f"{code}: answers with the same status, headers and bytes", alike, len(everything)),
        Finding(kind, f"{code}: medians", medians),
        *(
            at_most(kind, f"{code}: AUC of {one} against {other}", _auc(times[one], times[other]), MOST_AUC, "")
            for one, other in combinations(times, 2)
        ),
    ]


def _auc(some: Sequence[float], others: Sequence[float]) -> float:
    """How often somebody is right who bets that the slower of two is of one kind: 0.5 is guessing, 1 is knowing.

    Both are sorted.
    """
    won = sum(bisect_left(others, each) + bisect_right(others, each) for each in some) / 2
    return abs(won / (len(some) * len(others)) - 0.5) + 0.5
