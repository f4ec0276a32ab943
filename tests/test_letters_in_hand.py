"""Facts about letters in hand: nobody else sends them meanwhile, and who has lost one changes nothing about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from gql_users import Settings
from gql_users.events import id_at
from gql_users.mail.senders import MemorySender, SendFailedError
from gql_users.models import Letter, OneTimeToken
from gql_users.services import Services, outbox, wire
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.holding import held_rows
from tests.postbox import Post, deliver_all, deliver_some, rows
from tests.test_outbox import change_tables
from tests.ways import MOVING
from tests.wire import wire_to

ANN = "ann@example.com"
AWAY, REFUSED = SendFailedError(True, "the mail server is away"), SendFailedError(False, "no such recipient")
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@dataclass
class SlowSender:
    """A mail server that takes a letter, and says what became of it when it is told to."""

    failing: SendFailedError | None = None
    sent: list[EmailMessage] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: EmailMessage) -> None:
        """Take the letter, and wait. Raises `failing`."""
        self.sent.append(message)
        self.taken.set()
        await self.answer.wait()
        if self.failing:
            raise self.failing

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture(autouse=True)
async def closed_afterwards(services: Services) -> AsyncIterator[None]:
    """Some tests deliver without a service that answers, which would let its connections go."""
    yield
    await services.operation.close()


@asynccontextmanager
async def delivering(settings: Settings, clock: SettableClock, slow: SlowSender) -> AsyncIterator[asyncio.Task[int]]:
    """Another worker with a letter in hand, until the block has let the mail server answer."""
    wired = wire(settings, clock, slow)
    task = asyncio.create_task(deliver_some(wired.delivery))
    await asyncio.wait_for(slow.taken.wait(), 30)
    try:
        yield task
    finally:
        slow.answer.set()
        await task
        await wired.operation.close()


async def the_letter(settings: Settings) -> Any:
    """The only row."""
    (row,) = await rows(settings, Letter)
    return row


@pytest.fixture
async def a_letter(services: Services, clock: SettableClock) -> None:
    """One that waits, and has no secret."""
    now = clock.now()
    row = Letter(id=id_at(now), kind="PASSWORD_CHANGED", address=ANN, created_at=now, due_at=now, attempts=0)
    async with services.delivery.unit_of_work() as work:
        await work.letters.add(row)


@pytest.mark.usefixtures("a_letter")
async def test_a_letter_stays_with_its_worker_for_as_long_as_the_mail_server_takes(
    services: Services, settings: Settings, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RENEWED_EVERY_S", 0.01)
    slow = SlowSender()
    async with delivering(settings, clock, slow):
        for _ in range(5):
            clock.advance(timedelta(minutes=1.9))
            async with asyncio.timeout(30):
                while (await the_letter(settings)).due_at < clock.now() + outbox.TAKEN_FOR:  # noqa: ASYNC110 - a table sets no event
                    await asyncio.sleep(0.01)

            assert await deliver_some(services.delivery) == 0

    row = await the_letter(settings)
    assert (len(slow.sent), row.attempts, row.sent_at) == (1, 1, clock.now())


@pytest.mark.usefixtures("a_letter")
async def test_a_letter_in_hand_that_comes_due_again_is_not_taken_again_by_the_same_process(
    settings: Settings, clock: SettableClock
) -> None:
    slow = SlowSender()
    worker = wire(settings, clock, slow)
    delivery = asyncio.create_task(deliver_some(worker.delivery))
    await asyncio.wait_for(slow.taken.wait(), 30)

    clock.advance(outbox.TAKEN_FOR)
    taken_again = await worker.delivery.take_due(10)
    slow.answer.set()
    await delivery

    row = await the_letter(settings)
    assert (taken_again, len(slow.sent), row.attempts, row.sent_at) == ([], 1, 1, clock.now())
    await worker.operation.close()


@pytest.mark.usefixtures("a_letter")
async def test_a_letter_is_kept_on_whatever_went_wrong_with_keeping_it_once(
    services: Services,
    settings: Settings,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(outbox, "RENEWED_EVERY_S", 0.01)
    slow = SlowSender()
    async with delivering(settings, clock, slow):
        await change_tables(settings, "ALTER TABLE letters RENAME TO away")
        await until(lambda: "a letter in hand could not be kept for longer" in caplog.messages)
        await change_tables(settings, "ALTER TABLE away RENAME TO letters")
        clock.advance(timedelta(minutes=1.9))
        async with asyncio.timeout(30):
            while (await the_letter(settings)).due_at < clock.now() + outbox.TAKEN_FOR:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        clock.advance(timedelta(minutes=1))

        assert await deliver_some(services.delivery) == 0

    assert (await the_letter(settings)).sent_at == clock.now()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a log sets no event
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("a_letter")
@pytest.mark.parametrize("late", [None, AWAY, REFUSED], ids=str)
@pytest.mark.parametrize("other", [None, AWAY, REFUSED], ids=str)
async def test_a_worker_that_lost_a_letter_does_not_overwrite_what_another_did(
    services: Services,
    settings: Settings,
    sender: MemorySender,
    clock: SettableClock,
    late: SendFailedError | None,
    other: SendFailedError | None,
) -> None:
    sender.failing = other
    async with delivering(settings, clock, SlowSender(failing=late)):
        clock.advance(outbox.TAKEN_FOR)
        await deliver_all(services.delivery)
        after = await the_letter(settings)
        clock.advance(timedelta(seconds=1))

    assert await the_letter(settings) == after
    assert after.attempts == 2


@pytest.mark.usefixtures("a_letter")
async def test_a_worker_that_lost_a_letter_before_it_was_written_sends_nothing(
    services: Services, settings: Settings, sender: MemorySender, clock: SettableClock
) -> None:
    slept = SlowSender()
    late = wire(settings, clock, slept)
    (taken,) = await late.delivery.take_due(10)
    clock.advance(outbox.TAKEN_FOR)
    await deliver_all(services.delivery)

    await late.delivery.deliver(taken)

    assert (len(sender.sent), slept.sent) == (1, [])
    assert (await the_letter(settings)).sent_at == clock.now()
    await late.operation.close()


@POSTGRESQL
@pytest.mark.usefixtures("a_letter")
async def test_a_letter_is_marked_when_a_database_that_went_away_meanwhile_is_back(
    databases: PostgreSQL,
    database_url: str,
    make_settings: MakeSettings,
    settings: Settings,
    clock: SettableClock,
) -> None:
    slow = SlowSender()
    async with wire_to(databases.folder) as cable:
        far = make_settings(database_url=cable.url(database_url))
        async with delivering(far, clock, slow) as task:
            await cable.cut()
            slow.answer.set()
            await asyncio.wait({task}, timeout=1)
            assert not task.done()
            await cable.mend()
            await task

    row = await the_letter(settings)
    assert (len(slow.sent), row.attempts, row.sent_at) == (1, 1, clock.now())


@POSTGRESQL
@pytest.mark.parametrize("deed", ["patchUser", "deleteUser"])
async def test_nobody_who_takes_an_account_from_its_letters_gets_into_a_deadlock_with_the_worker(
    door: Door,
    as_admin: Door,
    post: Post,
    settings: Settings,
    a_member: Person,
    statements: list[str],
    deed: str,
) -> None:
    await MOVING.letter(door, post, a_member)
    await door.as_(a_member).done("requestEmailChange", {"newEmail": "b@example.com", "currentPassword": PASSWORD})
    said = {"id": a_member.id, **({"email": "other@elsewhere.example"} if deed == "patchUser" else {})}
    statements.clear()

    async with held_rows(settings, OneTimeToken) as held:
        worker = asyncio.create_task(deliver_some(post.services.delivery))
        await held.until_waiting(1)
        doing = asyncio.create_task(as_admin.done(deed, said))
        await held.until_waiting(2)
    await asyncio.gather(worker, doing)

    # What is done again after a deadlock is written twice.
    taken = "DELETE FROM users" if deed == "deleteUser" else "UPDATE users"
    assert [sum(each.startswith(first) for each in statements) for first in ("INSERT INTO one_time", taken)] == [1, 1]
