"""Letters outlast a mail server that is away and workers that are killed; without a crash none comes twice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from gql_users import Settings
from gql_users.models import Letter
from proofs.findings import Finding, all_of, at_most
from proofs.mailing import an_office, ask_for_letters, reachable, until_waiting, waiting
from proofs.stage import KINDS, Stage, an_engine
from tests.mail_server import MailServer, Stall, mail_server
from tests.working import Office, Worker

LETTERS = 100
POPULATION = 300
# How many are on their way before the server falls silent, and how many it holds then.
UNDER_WAY, HELD = 20, 5
# What a dead worker had in hand comes due again after two minutes.
MOST_SECONDS = 300
IN_HAND = select(Letter.id).where(Letter.attempts > 0, Letter.sent_at.is_(None))


async def prove(stage: Stage) -> list[Finding]:
    """Both databases at once, for most of it is waiting."""
    found = await asyncio.gather(*(_on(stage, kind) for kind in KINDS))
    return [finding for findings in found for finding in findings]


async def _on(stage: Stage, kind: str) -> list[Finding]:
    addresses = reachable(POPULATION)
    async with stage.fresh(kind, population=POPULATION) as settings:
        async with mail_server() as mail, an_office(settings, mail) as office:
            findings = await _without_a_crash(kind, settings, mail, office, addresses[:LETTERS])
        async with mail_server() as mail, an_office(settings, mail) as office:
            findings += await _with_crashes(kind, settings, mail, office, addresses[LETTERS : 2 * LETTERS])
    return findings


async def _without_a_crash(
    kind: str, settings: Settings, mail: MailServer, office: Office, addresses: Sequence[str]
) -> list[Finding]:
    """The server is away at first, and then takes every third letter only when it comes again."""
    await mail.go_away()
    await ask_for_letters(settings, addresses)
    backlog = [await waiting(office)]
    async with office.working() as worker:
        await _has_tried_all(worker)
        backlog.append(await waiting(office))
        asked: Counter[str] = Counter()
        shy = {address for number, address in enumerate(addresses) if number % 3 == 0}

        def refusal(address: str) -> str | None:
            asked[address] += 1
            return "451 4.3.0 Later" if address in shy and asked[address] == 1 else None

        mail.refusal = refusal
        await mail.come()
        backlog.append(await until_waiting(office, 0, MOST_SECONDS))
        await worker.end()
    told = ", ".join(map(str, backlog))
    expected = f"{LETTERS}, {LETTERS}, 0"
    return [
        _arrived(kind, "no crash, the server away and refusing: letters that arrive", mail, addresses),
        all_of(kind, "… of which the server refused at first", mail.refused, len(shy)),
        at_most(kind, "… that arrive twice", _twice(mail), 0, ""),
        Finding(kind, "waiting on the command line: before, away, after", told, expected, told == expected),
    ]


async def _with_crashes(
    kind: str, settings: Settings, mail: MailServer, office: Office, addresses: Sequence[str]
) -> list[Finding]:
    """Two workers die with letters in hand: one with letters that were not taken, one with letters that were."""
    await ask_for_letters(settings, addresses)
    backlog, in_hand = [await waiting(office)], set[str]()
    for stall in Stall:
        in_hand |= await _killed(settings, mail, office, stall)
    killed = time.perf_counter()
    async with office.working() as worker:
        backlog.append(await until_waiting(office, len(in_hand), MOST_SECONDS))
        backlog.append(await until_waiting(office, 0, MOST_SECONDS))
        waited = time.perf_counter() - killed
        await worker.end()
    again = {letter_id for letter_id, times in mail.times.items() if times > 1}
    unasked = len(again - in_hand)
    told = ", ".join(map(str, backlog))
    expected = f"{LETTERS}, {len(in_hand)}, 0"
    return [
        _arrived(kind, "two workers killed with letters in hand: letters that arrive", mail, addresses),
        Finding(
            kind, "… that were in hand when a worker was killed", f"{len(in_hand)} ({waited:.0f} s until they came)"
        ),
        Finding(kind, "… that arrive twice: taken, and the worker killed before it could say so", str(_twice(mail))),
        at_most(kind, "… that arrive twice and were in nobody's hand", unasked, 0, ""),
        at_most(kind, "… that arrive more than twice", sum(times > 2 for times in mail.times.values()), 0, ""),
        Finding(kind, "waiting on the command line: before, after the kills, after", told, expected, told == expected),
    ]


async def _killed(settings: Settings, mail: MailServer, office: Office, stall: Stall) -> set[str]:
    """Have a worker killed while the server holds its letters. Those it had in hand."""
    delivered, held = len(mail.delivered), len(mail.stalled)
    async with an_engine(settings) as engine, office.working() as worker:
        await mail.until(lambda: len(mail.delivered) >= delivered + UNDER_WAY, MOST_SECONDS)
        mail.stall = stall
        await mail.until(lambda: len(mail.stalled) >= held + HELD, MOST_SECONDS)
        await worker.end(signal.SIGKILL)
        mail.go_on()
        async with engine.connect() as connection:
            return set(map(str, await connection.scalars(IN_HAND)))


async def _has_tried_all(worker: Worker) -> None:
    """Wait until the worker has said of every letter that it could not be sent."""
    async with asyncio.timeout(MOST_SECONDS):
        while worker.output.count("could not be sent yet") < LETTERS:  # noqa: ASYNC110 - another process has no events of ours
            await asyncio.sleep(0.2)


def _arrived(kind: str, what: str, mail: MailServer, addresses: Sequence[str]) -> Finding:
    recipients = {letter.recipients for letter in mail.delivered}
    arrived = sum((address,) in recipients for address in addresses)
    return all_of(kind, what, arrived, LETTERS, f"{len(mail.delivered)} deliveries of {len(mail.times)} letters")


def _twice(mail: MailServer) -> int:
    return sum(times > 1 for times in mail.times.values())
