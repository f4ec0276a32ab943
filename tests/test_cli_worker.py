"""Facts about `gql-users worker`: it delivers beside the services that serve, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gql_users.services import Services
from tests.databases import SECRET, PostgreSQL, SQLite
from tests.door import Door, SettableClock
from tests.mail_server import MailServer, Stall, mail_server
from tests.working import Office

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def clock() -> SettableClock:
    """The time of the machine, which is that of the worker: it withdraws letters that are too old."""
    return SettableClock(datetime.now(UTC))


@pytest.fixture
def office(tmp_path: Path, database_url: str, mail: MailServer) -> Office:
    """The command beside the running service, which delivers nothing itself."""
    return Office(tmp_path, {"database_url": database_url, "secret": SECRET, "smtp_url": mail.url})


async def nothing_waits(services: Services) -> None:
    """Wait until another process has done what there was to do, and has said so."""
    async with asyncio.timeout(30):
        while (await services.delivery.backlog()).waiting:  # noqa: ASYNC110 - another process has no events of ours
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_it_delivers_until_it_is_asked_to_end(
    office: Office, door: Door, mail: MailServer, ending: signal.Signals
) -> None:
    await door.register(ANN)

    async with office.working() as worker:
        await mail.until(lambda: len(mail.to(ANN)) == 1)
        await door.register(BOB)
        await mail.until(lambda: len(mail.to(BOB)) == 1)
        code = await worker.end(ending)

    assert code == 0
    assert "Traceback" not in worker.output
    assert [*mail.times.values()] == [1, 1]


async def test_the_outbox_tells_what_waits_before_and_after(
    office: Office, door: Door, services: Services, mail: MailServer, clock: SettableClock
) -> None:
    for address in (ANN, BOB):
        await door.register(address)

    before = await office.run("letters")
    async with office.working() as worker:
        await mail.until(lambda: len(mail.delivered) == 2)
        await nothing_waits(services)
        await worker.end()
    after = await office.run("letters")

    assert before.stdout == f"2 waiting, the oldest since {clock.now():%Y-%m-%d %H:%M:%S} UTC; 0 given up\n"
    assert after.stdout == "0 waiting; 0 given up\n"


async def test_a_letter_that_is_refused_for_good_is_seen(
    office: Office, door: Door, services: Services, mail: MailServer
) -> None:
    mail.refusal = lambda _address: "550 5.1.1 No such user"
    await door.register(ANN)

    async with office.working() as worker:
        await nothing_waits(services)
        await worker.end()
    seen = await office.run("letters")

    assert seen.stdout == "0 waiting; 1 given up\n  1 VERIFY_EMAIL: the mail server refused the recipient (550 5.1.1)\n"
    assert "a letter was given up: the mail server refused the recipient (550 5.1.1)" in worker.output
    assert ANN not in worker.output


async def test_a_letter_in_hand_when_it_is_asked_to_end_is_sent_once(
    office: Office, door: Door, mail: MailServer
) -> None:
    mail.stall = Stall.AFTER_TAKING
    await door.register(ANN)

    async with office.working() as worker:
        await mail.until(lambda: len(mail.stalled) == 1)
        ending = asyncio.create_task(worker.end())
        await asyncio.wait({ending}, timeout=2)
        mail.go_on()
        code = await ending
    after = await office.run("letters")

    assert (code, len(mail.delivered)) == (0, 1)
    assert after.stdout == "0 waiting; 0 given up\n"


async def test_several_share_the_work_and_each_ends_by_itself(office: Office, door: Door, mail: MailServer) -> None:
    async with office.working() as one, office.working() as other:
        await door.register(ANN)
        await mail.until(lambda: len(mail.to(ANN)) == 1)
        codes = [await one.end()]
        await door.register(BOB)
        await mail.until(lambda: len(mail.to(BOB)) == 1)
        codes.append(await other.end())

    assert codes == [0, 0]
    assert [*mail.times.values()] == [1, 1]


async def test_it_needs_a_migrated_database(office: Office, databases: SQLite | PostgreSQL) -> None:
    url = await databases.empty()

    refused = await office.run("worker", database_url=url, log_level="info")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == ("gql-users: The database is not at this version's migration. Run `gql-users migrate`.\n")
    await databases.drop(url)


async def test_it_takes_no_options_and_says_what_is_wrong_with_settings(office: Office) -> None:
    unknown = await office.run("worker", "--nonsense")
    wrong = await office.run("worker", worker="perhaps")
    away = await office.run("worker", database_url="postgresql://somebody@127.0.0.1:1/users", log_level="info")

    assert (unknown.returncode, wrong.returncode, away.returncode) == (2, 1, 1)
    assert wrong.stderr.startswith("gql-users: GQL_USERS_WORKER: ")
    assert away.stderr.startswith("gql-users: The database does not answer")
    assert [each.stderr.count("\n") for each in (wrong, away)] == [1, 1]
