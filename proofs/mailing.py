"""Letters in numbers: people who ask for them, workers that deliver them, and what the command line says about it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from gql_users import Settings
from proofs.population import people
from proofs.stage import a_service
from tests.databases import SECRET
from tests.mail_server import MailServer
from tests.working import Office

PROGRAM = (sys.executable, "-m", "gql_users")
SENDER_DOMAIN = "letters.example"
FIRST_NETWORK = IPv4Address("10.0.0.0")
WAITING = re.compile(r"(\d+) waiting")


def networks() -> Iterator[str]:
    """Addresses of clients, each in a network of its own."""
    return (str(FIRST_NETWORK + number) for number in count(1))


def reachable(population: int) -> list[str]:
    """The addresses of those in a population who get letters, as their owners wrote them."""
    return [row["email"] for row in people(population) if row["deactivated_at"] is None]


async def ask_for_letters(settings: Settings, addresses: Sequence[str]) -> None:
    """Have each of these people forget their password, each at home, at a service that delivers nothing."""
    asked = {"trusted_proxies": 1, "worker": False}
    async with a_service(settings.model_copy(update=asked)) as service:
        for address, network in zip(addresses, networks(), strict=False):
            service.door.http.headers["X-Forwarded-For"] = network
            await service.door.done("requestPasswordReset", {"email": address})


@asynccontextmanager
async def an_office(settings: Settings, mail: MailServer) -> AsyncIterator[Office]:
    """The command, for workers that hand letters to this mail server."""
    with TemporaryDirectory(prefix="gql-users-") as folder:
        usual = {"database_url": settings.database, "secret": SECRET, "env": "production", "smtp_url": mail.url}
        ours = {"mail_from": f"Letters <all@{SENDER_DOMAIN}>", "public_url": f"https://{SENDER_DOMAIN}"}
        yield Office(Path(folder), usual | ours, PROGRAM)


async def waiting(office: Office) -> int:
    """How many letters wait, as `gql-users letters` says."""
    said = await office.run("letters")
    found = WAITING.match(said.stdout)
    assert found is not None, said
    return int(found[1])


async def until_waiting(office: Office, most: int, seconds: float) -> int:
    """Ask the command line until no more letters than this wait, but not for ever. How many do."""
    async with asyncio.timeout(seconds):
        while (left := await waiting(office)) > most:  # noqa: ASYNC110 - another process has no events of ours
            await asyncio.sleep(1)
    return left
