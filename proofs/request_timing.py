"""Letters, quiet registrations and sign-ins after them: the same time and bytes, whether an address is known or not."""

from __future__ import annotations

import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from gql_users import Settings
from proofs.findings import Finding, all_of, at_most
from proofs.mailing import PROGRAM, networks
from proofs.population import BEGINNING, people, person
from proofs.stage import KINDS, Stage
from tests.commands import Commands
from tests.databases import SECRET
from tests.door import Door
from tests.mail_server import mail_server

SAMPLES = 500
WARMING_UP = 20
ERRORS = "errors { code message path }"
MOST_AUC = 0.55
KNOWN, UNKNOWN = "known", "unknown"
STRANGERS = range(SAMPLES + 1, 2 * SAMPLES + 1)


@dataclass(frozen=True, slots=True)
class Question:
    """A mutation about an address: what else it takes and shows, what is in each of its answers, and who asks."""

    mutation: str
    takes: str = ""
    shows: str = ""
    hears: bytes = b'"errors":[]'
    address: str = "email"
    signed_in: bool = False

    @property
    def document(self) -> str:
        """The whole of it."""
        given = f"input: {{{self.address}: $email{self.takes}}}"
        return f"mutation ($email: String!) {{ {self.mutation}({given}) {{ {self.shows} {ERRORS} }} }}"


SIGNED_IN = "user { id } tokens { accessToken }"
MEMBER, PASSWORD = "member@example.com", "correct horse battery"
WITH_PASSWORD = f', password: "{PASSWORD}"'
KNOWING_IT = f', currentPassword: "{PASSWORD}"'
QUESTIONS = (
    Question("requestPasswordReset"),
    Question("requestEmailVerification"),
    # Known is an address that is taken, unknown one that is free.
    Question("requestEmailChange", KNOWING_IT, address="newEmail", signed_in=True),
    Question("register", WITH_PASSWORD, SIGNED_IN),
    # With the password that everybody was just registered with.
    Question("login", WITH_PASSWORD, SIGNED_IN, b'"code":"INVALID_CREDENTIALS"'),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """How long it took, and everything that came but for the moment and the request's id."""

    milliseconds: float
    came: tuple[int, tuple[tuple[str, str], ...], bytes]


async def prove(stage: Stage) -> list[Finding]:
    """Each address is asked for once, in random order, from a network of its own: nobody has to wait for anything."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with mail_server() as mail:
            # The quietest surroundings are the best a listener can hope for; the others are the usual ones.
            for surroundings, settings_of in (
                ("no worker", {"worker": "false"}),
                ("a worker delivers meanwhile", {"smtp_url": mail.url}),
            ):
                async with stage.fresh(kind, population=SAMPLES) as settings, _process(settings, settings_of) as door:
                    clients = networks()
                    for question in QUESTIONS:
                        asking = await _signed_in(door, next(clients)) if question.signed_in else door
                        answers = await _measured(asking, question, clients)
                        findings += _compared(kind, question, surroundings, answers)
            delivered = len(mail.times)
            findings.append(
                Finding(kind, "letters that the worker delivered meanwhile", f"{delivered:,}", "> 0", delivered > 0)
            )
    return findings


@asynccontextmanager
async def _process(settings: Settings, more: dict[str, str]) -> AsyncIterator[Door]:
    """The door of a `gql-users serve` behind a proxy, through one connection that stays open; there is one member."""
    with TemporaryDirectory(prefix="gql-users-") as folder:
        usual = {"database_url": settings.database, "secret": SECRET, "env": "production", "trusted_proxies": "1"}
        usual |= {"registration": "quiet", "public_url": "https://users.example", "mail_from": "all@users.example"}
        commands = Commands(Path(folder), usual | more, PROGRAM)
        made = await commands.run("create-admin", "--email", MEMBER, "--password-stdin", typed=PASSWORD)
        assert made.returncode == 0, made
        async with (
            commands.serving() as running,
            httpx.AsyncClient(base_url=running.url, timeout=60) as http,
        ):
            yield Door(http)


async def _signed_in(door: Door, client: str) -> Door:
    door.http.headers["X-Forwarded-For"] = client
    signed_in = await door.done("login", {"email": MEMBER, "password": PASSWORD}, "tokens { accessToken }")
    return door.showing(signed_in["tokens"]["accessToken"])


async def _measured(door: Door, question: Question, clients: Iterator[str]) -> dict[str, list[Answered]]:
    addresses = [row["email"] for row in people(SAMPLES)]
    # Of the same make, and nobody's.
    strangers = [person(random.Random(number), number, BEGINNING, ("", ""))["email"] for number in STRANGERS]  # noqa: S311 - as the people
    plan = [(KNOWN, address) for address in addresses] + [(UNKNOWN, address) for address in strangers]
    random.shuffle(plan)
    for number in range(WARMING_UP):  # what is done for the first time takes longer
        await _ask(door, question, f"nobody{number}@example.com", next(clients))
    answers: dict[str, list[Answered]] = {KNOWN: [], UNKNOWN: []}
    for who, address in plan:
        answers[who].append(await _ask(door, question, address, next(clients)))
    return answers


async def _ask(door: Door, question: Question, email: str, client: str) -> Answered:
    door.http.headers["X-Forwarded-For"] = client
    started = time.perf_counter()
    answer = await door.answer(question.document, {"email": email})
    milliseconds = (time.perf_counter() - started) * 1000
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
    return Answered(milliseconds, (answer.status_code, tuple(headers.items()), answer.content))


def _compared(
    kind: str, question: Question, surroundings: str, answers: Mapping[str, Sequence[Answered]]
) -> list[Finding]:
    what = f"{question.mutation}, {surroundings}"
    everything = [answer.came for came in answers.values() for answer in came]
    alike = sum(came == everything[0] and question.hears in came[-1] for came in everything)
    times = {who: sorted(answer.milliseconds for answer in came) for who, came in answers.items()}
    medians = ", ".join(f"{who} {median(those):.2f} ms" for who, those in times.items())
    return [
        all_of(kind, f"{what}: answered with the same status, headers and bytes", alike, len(everything)),
        at_most(kind, f"{what}: AUC", _auc(times[KNOWN], times[UNKNOWN]), MOST_AUC, "", medians),
    ]


def _auc(some: Sequence[float], others: Sequence[float]) -> float:
    """How often somebody is right who bets that the slower of two is of one kind: 0.5 is guessing, 1 is knowing.

    Both are sorted.
    """
    won = sum(bisect_left(others, each) + bisect_right(others, each) for each in some) / 2
    return abs(won / (len(some) * len(others)) - 0.5) + 0.5
