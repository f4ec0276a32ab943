"""Two workers that share a thousand letters deliver each of them once."""

from __future__ import annotations

import time
from collections import Counter

from proofs.findings import Finding, all_of, at_most
from proofs.mailing import SENDER_DOMAIN, an_office, ask_for_letters, reachable, until_waiting, waiting
from proofs.stage import KINDS, Stage
from tests.mail_server import MailServer, mail_server

LETTERS = 1_000
POPULATION = 1_100
WORKERS = ("one", "two")
MOST_SECONDS = 600


async def prove(stage: Stage) -> list[Finding]:
    """Has a thousand people ask, and then starts both."""
    findings: list[Finding] = []
    for kind in KINDS:
        addresses = reachable(POPULATION)[:LETTERS]
        async with (
            stage.fresh(kind, population=POPULATION) as settings,
            mail_server() as mail,
            an_office(settings, mail) as office,
        ):
            await ask_for_letters(settings, addresses)
            before, started = await waiting(office), time.perf_counter()
            # By whom a letter is from, the two can be told apart.
            one, two = (f"{name} <{name}@{SENDER_DOMAIN}>" for name in WORKERS)
            async with office.working(mail_from=one) as first, office.working(mail_from=two) as second:
                await mail.until(lambda mail=mail: len(mail.times) >= LETTERS, MOST_SECONDS)  # type: ignore[misc]
                seconds = time.perf_counter() - started
                after = await until_waiting(office, 0, MOST_SECONDS)
                codes = [await first.end(), await second.end()]
        findings += _found(kind, mail, addresses, f"{seconds:.0f} s")
        told = f"{before:,}, {after:,}"
        findings += [
            Finding(
                kind,
                "waiting on the command line, before and after",
                told,
                f"{LETTERS:,}, 0",
                told == f"{LETTERS:,}, 0",
            ),
            all_of(kind, "workers that end with 0 when they are asked to", codes.count(0), len(WORKERS)),
        ]
    return findings


def _found(kind: str, mail: MailServer, addresses: list[str], lasted: str) -> list[Finding]:
    shares = Counter(letter.message["From"].addresses[0].username for letter in mail.delivered)
    shared = ", ".join(f"{name} {shares[name]:,}" for name in WORKERS)
    recipients = Counter(letter.recipients for letter in mail.delivered)
    right = sum(recipients[address,] == 1 for address in addresses)
    duplicates = len(mail.delivered) - len(mail.times)
    return [
        all_of(kind, "letters delivered", len(mail.times), LETTERS, f"{shared}; {lasted}"),
        all_of(kind, "people who got exactly one", right, LETTERS),
        at_most(kind, "duplicates", duplicates, 0, ""),
        all_of(kind, "workers that had a share", sum(shares[name] > 0 for name in WORKERS), len(WORKERS)),
    ]
