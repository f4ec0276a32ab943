"""Facts about the outbox: a letter is written with the deed, sent at least once, and holds no secret while it waits."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from gql_users import Settings
from gql_users.events import id_at
from gql_users.mail.senders import MemorySender, SendFailedError
from gql_users.models import Letter, OneTimeToken
from gql_users.models.base import Base
from gql_users.repositories.database import connect
from gql_users.services import Services, wire
from gql_users.services.letters import registration
from tests.commands import Commands
from tests.conftest import MakeSettings
from tests.databases import SECRET
from tests.door import Door, Person, SettableClock
from tests.postbox import Mail, Post, deliver_all, deliver_some, rows
from tests.ways import GONE, WAYS, Way, each_way

ANN = "ann@example.com"
AWAY, REFUSED = SendFailedError(True, "the mail server is away"), SendFailedError(False, "no such recipient")
SECOND, TAKEN_FOR = timedelta(seconds=1), timedelta(minutes=2)


@dataclass
class StallingSender:
    """A mail server that takes letters and says nothing for as long as it likes."""

    sent: list[EmailMessage] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: EmailMessage) -> None:
        """Take the letter, and never answer."""
        self.sent.append(message)
        self.taken.set()
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture(autouse=True)
async def closed_afterwards(services: Services) -> AsyncIterator[None]:
    """Some tests deliver without a service that answers, which would let its connections go."""
    yield
    await services.operation.close()


@asynccontextmanager
async def another_worker(
    settings: Settings, clock: SettableClock, sender: MemorySender | StallingSender
) -> AsyncIterator[Services]:
    """The services of another process on the same database."""
    wired = wire(settings, clock, sender)
    try:
        yield wired
    finally:
        await wired.operation.close()


async def written(services: Services, clock: SettableClock, *addresses: str, kind: str = "PASSWORD_CHANGED") -> None:
    """Letters that wait."""
    now = clock.now()
    letters = [
        Letter(id=id_at(now), kind=kind, address=address, created_at=now, due_at=now, attempts=0)
        for address in addresses
    ]
    async with services.delivery.unit_of_work() as work:
        await work.letters.add(*letters)


async def the_letter(settings: Settings) -> Any:
    """The only row."""
    (row,) = await rows(settings, Letter)
    return row


async def in_every_table(settings: Settings) -> str:
    """All that is in the database, as text."""
    tables = [mapper.class_ for mapper in Base.registry.mappers]
    return "\n".join([repr(row) for table in tables for row in await rows(settings, table)])


async def change_tables(settings: Settings, statement: str) -> None:
    """Do something to the tables behind the service's back."""
    engine = connect(settings)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(statement)
    await engine.dispose()


async def test_a_deed_that_fails_leaves_no_letter(door: Door, post: Post, settings: Settings) -> None:
    query = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
    await change_tables(settings, "ALTER TABLE events RENAME TO away")

    error = await door.refused(query, input={"email": ANN, "password": "correct horse battery"})

    await change_tables(settings, "ALTER TABLE away RENAME TO events")
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert await rows(settings, Letter) == []


async def test_a_deed_whose_letter_cannot_be_written_is_not_done(door: Door, settings: Settings) -> None:
    query = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
    await change_tables(settings, "ALTER TABLE letters RENAME TO away")

    error = await door.refused(query, input={"email": ANN, "password": "correct horse battery"})

    await change_tables(settings, "ALTER TABLE away RENAME TO letters")
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    await door.register(ANN)


async def test_several_workers_send_each_letter_once(
    services: Services, settings: Settings, clock: SettableClock, sender: MemorySender
) -> None:
    addresses = [f"{number:02}@example.com" for number in range(45)]
    await written(services, clock, *addresses)

    async with (
        another_worker(settings, clock, sender) as second,
        another_worker(settings, clock, sender) as third,
    ):
        await asyncio.gather(*(deliver_all(worker.delivery) for worker in (services, second, third)))

    assert sorted(str(message["To"]) for message in sender.sent) == addresses
    assert {row.attempts for row in await rows(settings, Letter)} == {1}


async def test_a_letter_whose_worker_died_is_sent_again_after_two_minutes_and_is_recognised(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    stalling = StallingSender()
    async with another_worker(settings, clock, stalling) as doomed:
        delivering = asyncio.create_task(deliver_some(doomed.delivery))
        await asyncio.wait_for(stalling.taken.wait(), 30)
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering

    assert await post.arrived() == []
    clock.advance(TAKEN_FOR - SECOND)
    assert await post.arrived() == []
    clock.advance(SECOND)
    mail = await post.only()

    assert mail.message["Message-ID"] == stalling.sent[0]["Message-ID"]
    clock.advance(timedelta(days=1))
    assert await post.arrived() == []


async def test_a_letter_that_is_being_sent_is_nobody_elses(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    stalling = StallingSender()
    async with another_worker(settings, clock, stalling) as slow:
        delivering = asyncio.create_task(deliver_some(slow.delivery))
        await asyncio.wait_for(stalling.taken.wait(), 30)

        assert await deliver_some(services.delivery) == 0

        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
    assert post.sender.sent == []


async def test_what_could_not_be_sent_is_tried_again_more_and_more_slowly(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    post.sender.failing = AWAY

    for seconds in (10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 7200, 7200):
        await deliver_all(services.delivery)
        row = await the_letter(settings)
        assert (row.due_at.replace(tzinfo=UTC) - clock.now()).total_seconds() == seconds
        assert row.trouble == "the mail server is away"
        clock.advance(timedelta(seconds=seconds))

    post.sender.failing = None
    assert (await post.only()).to == ANN
    row = await the_letter(settings)
    assert (row.attempts, row.trouble, row.given_up_at) == (13, None, None)


async def test_a_letter_that_waits_for_the_server_keeps_no_other_waiting(
    services: Services, post: Post, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    post.sender.failing = AWAY
    await deliver_all(services.delivery)
    post.sender.failing = None
    await written(services, clock, "bea@example.com")

    assert (await post.only()).to == "bea@example.com"

    clock.advance(timedelta(seconds=10))
    assert (await post.only()).to == ANN


async def test_what_can_never_be_sent_is_given_up_at_once_and_told(
    services: Services, post: Post, settings: Settings, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    await written(services, clock, ANN)
    post.sender.failing = REFUSED

    await deliver_all(services.delivery)

    row = await the_letter(settings)
    assert (row.attempts, row.trouble) == (1, "no such recipient")
    assert row.given_up_at is not None
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert told.getMessage() == "a letter was given up: no such recipient"
    assert ANN not in str(vars(told))
    post.sender.failing = None
    clock.advance(timedelta(days=1))
    assert await post.arrived() == []


async def test_a_letter_is_given_up_after_forty_attempts_in_about_three_days(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    post.sender.failing = AWAY
    begun = clock.now()

    for attempt in range(1, 41):
        assert (await the_letter(settings)).given_up_at is None
        await deliver_all(services.delivery)
        row = await the_letter(settings)
        assert row.attempts == attempt
        if attempt < 40:
            clock.moment = row.due_at.replace(tzinfo=UTC)

    assert row.given_up_at is not None
    assert timedelta(days=2) < clock.now() - begun < timedelta(days=4)
    clock.advance(timedelta(days=1))
    assert await deliver_some(services.delivery) == 0


async def test_an_address_that_cannot_be_one_stops_no_other_letter(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, "no address", "a@b.example\r\nBcc: c@d.example", ANN)

    assert [mail.to for mail in await post.arrived()] == [ANN]

    assert sorted(str(row.trouble) for row in await rows(settings, Letter)) == [
        "None",
        "not an address",
        "not an address",
    ]
    assert (await services.delivery.backlog()).given_up == 2


async def test_production_without_a_mail_server_keeps_letters(
    make_settings: MakeSettings, services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    production = wire(make_settings(env="production"), clock)

    assert await deliver_some(production.delivery) == 0
    assert (await production.delivery.backlog()).waiting == 1
    await production.operation.close()

    assert (await post.only()).to == ANN


async def test_the_command_tells_how_many_wait_since_when_and_how_many_were_given_up(
    services: Services,
    post: Post,
    settings: Settings,
    clock: SettableClock,
    database_url: str,
    tmp_path: Path,
) -> None:
    commands = Commands(tmp_path, {"database_url": database_url, "secret": SECRET})

    async def told() -> str:
        shown = await commands.run("letters")
        assert (shown.returncode, shown.stderr) == (0, "")
        return shown.stdout

    assert await told() == "0 waiting; 0 given up\n"
    await written(services, clock, ANN)
    clock.advance(timedelta(minutes=5))
    await written(services, clock, "bea@example.com")
    assert await told() == "2 waiting, the oldest since 2026-03-01 12:00:00 UTC; 0 given up\n"
    post.sender.failing = REFUSED
    await deliver_all(services.delivery)
    await written(services, clock, "no address", kind="SESSION_REUSED")
    await deliver_all(services.delivery)
    listed = ["0 waiting; 3 given up", "  2 PASSWORD_CHANGED: no such recipient", "  1 SESSION_REUSED: not an address"]
    assert (await told()).splitlines() == listed


async def test_the_command_puts_back_what_was_given_up_but_registrations_which_hold_nothing(
    services: Services, post: Post, clock: SettableClock, database_url: str, tmp_path: Path
) -> None:
    commands = Commands(tmp_path, {"database_url": database_url, "secret": SECRET})
    post.sender.failing = REFUSED
    await written(services, clock, ANN, "bea@example.com")
    await deliver_all(services.delivery)
    said = {"profile": {}, "password_hash": "a hash", "client": {}}
    async with services.delivery.unit_of_work() as work:
        await work.letters.add(registration("no address", None, said, now=clock.now()))
    await deliver_all(services.delivery)
    post.sender.failing = None

    put_back = await commands.run("letters", "retry")

    assert (put_back.returncode, put_back.stdout, put_back.stderr) == (0, "2 put back\n", "")
    backlog = await services.delivery.backlog()
    assert (backlog.waiting, backlog.given_up) == (2, 1)


async def test_letters_that_are_done_with_are_forgotten_and_others_kept(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    async def addresses_after(days: float) -> list[str]:
        clock.advance(timedelta(days=days))
        await services.forgetting.run()
        return sorted(row.address for row in await rows(settings, Letter))

    await written(services, clock, "sent@example.com")
    await post.arrived()
    post.sender.failing = REFUSED
    await written(services, clock, "given.up@example.com")
    await deliver_all(services.delivery)
    await written(services, clock, "waiting@example.com")

    assert await addresses_after(1) == ["given.up@example.com", "sent@example.com", "waiting@example.com"]
    assert await addresses_after(0.01) == ["given.up@example.com", "waiting@example.com"]
    assert await addresses_after(1.99) == ["given.up@example.com", "waiting@example.com"]
    assert await addresses_after(0.01) == ["given.up@example.com"]
    assert await addresses_after(26.98) == ["given.up@example.com"]
    assert await addresses_after(0.02) == []


async def test_tokens_whose_time_is_over_are_forgotten(
    door: Door, services: Services, post: Post, settings: Settings, clock: SettableClock, a_member: Person
) -> None:
    for way in WAYS:
        await way.letter(door, post, a_member)

    async def purposes_after(hours: float) -> list[str]:
        clock.advance(timedelta(hours=hours))
        await services.forgetting.run()
        return sorted(row.purpose for row in await rows(settings, OneTimeToken))

    assert await purposes_after(1) == ["change", "reset", "verify"]
    assert await purposes_after(0.01) == ["verify"]
    assert await purposes_after(23) == []


@each_way
async def test_no_secret_exists_before_a_letter_is_sent_and_none_rests_afterwards(
    door: Door, post: Post, settings: Settings, a_member: Person, way: Way
) -> None:
    await post.arrived()
    before = {row.token_hash for row in await rows(settings, OneTimeToken)}
    await way.ask(door, a_member)
    waiting = {row.token_hash for row in await rows(settings, OneTimeToken)}

    mail = await post.only()

    assert waiting == before
    assert len({row.token_hash for row in await rows(settings, OneTimeToken)} - before) == 1
    everything = await in_every_table(settings)
    assert a_member.email in everything
    assert mail.token not in everything
    assert mail.token[:20] not in everything
    assert re.search(rf"(?<![0-9a-f]){mail.code}(?![0-9a-f])", everything) is None


async def test_a_letter_that_is_sent_again_has_new_secrets_and_retires_the_old(
    door: Door, post: Post, settings: Settings, clock: SettableClock, a_member: Person
) -> None:
    stalling = StallingSender()
    async with another_worker(settings, clock, stalling) as doomed:
        delivering = asyncio.create_task(deliver_some(doomed.delivery))
        await asyncio.wait_for(stalling.taken.wait(), 30)
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
    clock.advance(TAKEN_FOR)

    mail = await post.only()

    first = Mail(stalling.sent[0])
    assert mail.message["Message-ID"] != first.message["Message-ID"]
    assert mail.token != first.token
    assert await door.codes("verifyEmail", {"token": first.token}) == GONE
    assert await door.codes("verifyEmail", {"token": mail.token}) == []


async def test_a_letter_that_waited_is_good_from_when_it_is_sent(
    door: Door, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await door.register(ANN)
    clock.advance(timedelta(hours=23))

    mail = await post.only()
    clock.advance(timedelta(hours=23))

    assert await door.codes("verifyEmail", {"token": mail.token}) == []


@each_way
async def test_a_letter_that_waited_for_longer_than_its_link_would_be_good_is_withdrawn(
    door: Door, post: Post, settings: Settings, clock: SettableClock, a_member: Person, way: Way
) -> None:
    await post.arrived()
    await way.ask(door, a_member)
    clock.advance(way.lifetime + SECOND)

    arrived = await post.arrived()

    assert arrived == []
    assert [row.sent_at is None for row in await rows(settings, Letter)] == [False]  # the one that was read before


async def test_a_notice_is_sent_for_as_long_as_letters_are_tried_and_then_withdrawn(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await written(services, clock, ANN)
    clock.advance(timedelta(days=1.5))
    await written(services, clock, "bea@example.com")
    clock.advance(timedelta(days=1.5) + SECOND)

    assert [mail.to for mail in await post.arrived()] == ["bea@example.com"]


@each_way
async def test_without_a_mail_server_what_nobody_waits_for_is_forgotten(
    door: Door,
    services: Services,
    post: Post,
    settings: Settings,
    clock: SettableClock,
    a_member: Person,
    way: Way,
) -> None:
    await post.arrived()
    await way.ask(door, a_member)
    before = len(await rows(settings, Letter))

    clock.advance(way.lifetime)
    await services.forgetting.run()
    then = len(await rows(settings, Letter))
    clock.advance(SECOND)
    await services.forgetting.run()

    waiting = [row for row in await rows(settings, Letter) if row.sent_at is None]
    assert (before, then, waiting) == (2, 2, [])
