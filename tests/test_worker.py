"""Facts about the worker: nothing stops it but the end of the service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from gql_users import Settings, create_app, worker
from gql_users.events import id_at
from gql_users.models import Event, Letter
from gql_users.services import Services
from gql_users.services.outbox import TAKEN_FOR
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.door import SettableClock
from tests.mail_server import MailServer, Stall, mail_server
from tests.postbox import deliver_all
from tests.test_forgetting import change_tables, count, events_at
from tests.wire import wire_to

LONG_AGO = timedelta(days=366)
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@asynccontextmanager
async def working(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The worker, without its pauses, while the block runs."""
    monkeypatch.setattr(worker, "LETTERS_S", (0.0, 0.01))
    monkeypatch.setattr(worker, "FIRST_FORGETTING_S", (0.0, 0.01))
    monkeypatch.setattr(worker, "FORGETTING_S", (0.0, 0.01))
    ended = asyncio.Event()
    at_work = asyncio.create_task(worker.work(services, ended))
    try:
        yield
        assert not at_work.done()
    finally:
        ended.set()
        await at_work


async def said(caplog: pytest.LogCaptureFixture, message: str) -> None:
    """Wait until the worker has said something."""
    async with asyncio.timeout(60):
        while message not in caplog.messages:  # noqa: ASYNC110 - a log sets no event
            await asyncio.sleep(0.01)


async def forgotten(settings: Settings) -> None:
    """Wait until there are no events."""
    async with asyncio.timeout(60):
        while await count(settings, Event):  # noqa: ASYNC110 - nor does a table
            await asyncio.sleep(0.01)


async def test_a_round_that_fails_does_not_end_all_that_would_follow(
    services: Services,
    settings: Settings,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await change_tables(settings, insert(Event), events_at(clock.now() - LONG_AGO, 1))
    await change_tables(settings, text("ALTER TABLE attempts RENAME TO away"))

    async with working(services, monkeypatch):
        await said(caplog, "a round of work failed")
        await change_tables(settings, text("ALTER TABLE away RENAME TO attempts"))

        await forgotten(settings)

    await services.operation.close()


@POSTGRESQL
async def test_a_database_that_is_away_is_waited_for(
    databases: PostgreSQL,
    database_url: str,
    make_settings: MakeSettings,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    near = make_settings()
    await change_tables(near, insert(Event), events_at(clock.now() - LONG_AGO, 1))
    caplog.set_level(logging.WARNING)
    async with wire_to(databases.folder) as wire:
        services = create_app(make_settings(database_url=wire.url(database_url)), clock=clock).state.services
        await wire.cut()

        async with working(services, monkeypatch):
            await said(caplog, "the database is away or busy; what was to be done is done later")
            await wire.mend()

            await forgotten(near)

        await services.operation.close()


async def test_what_is_over_is_forgotten_soon_after_the_start_and_not_by_all_at_one_moment(
    services: Services, settings: Settings, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = worker.FIRST_FORGETTING_S
    await change_tables(settings, insert(Event), events_at(clock.now() - LONG_AGO, 1))
    monkeypatch.setattr(worker, "FIRST_FORGETTING_S", (0.0, 0.01))
    ended = asyncio.Event()

    at_work = asyncio.create_task(worker.work(services, ended))
    await forgotten(settings)

    ended.set()
    await at_work
    await services.operation.close()
    assert first < last <= 60


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


async def written(services: Services, clock: SettableClock, *addresses: str) -> None:
    """Letters that wait."""
    now = clock.now()
    async with services.delivery.unit_of_work() as work:
        await work.letters.add(
            *(
                Letter(id=id_at(now), kind="PASSWORD_CHANGED", address=each, created_at=now, due_at=now, attempts=0)
                for each in addresses
            )
        )


async def test_slow_letters_keep_no_other_waiting(
    make_settings: MakeSettings, mail: MailServer, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = create_app(make_settings(smtp_url=mail.url), clock=clock).state.services
    slow, others = worker.AT_ONCE - 1, 3 * worker.AT_ONCE
    mail.stall = Stall.BEFORE_TAKING
    await written(services, clock, *(f"slow{number}@example.com" for number in range(slow)))

    async with working(services, monkeypatch):
        await mail.until(lambda: len(mail.stalled) == slow)
        mail.stall = None
        await written(services, clock, *(f"{number}@example.com" for number in range(others)))

        await mail.until(lambda: len(mail.delivered) == others)

        mail.go_on()
        await mail.until(lambda: len(mail.delivered) == slow + others)
    await services.operation.close()
    assert {*mail.times.values()} == {1}


async def test_who_is_to_end_does_not_wait_for_ever_and_what_was_in_hand_is_sent_again(
    make_settings: MakeSettings,
    mail: MailServer,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(worker, "FINISHED_WITHIN_S", 0.1)
    services: Services = create_app(make_settings(smtp_url=mail.url), clock=clock).state.services
    mail.stall = Stall.AFTER_TAKING
    await written(services, clock, "ann@example.com")

    async with working(services, monkeypatch):
        await mail.until(lambda: len(mail.stalled) == 1)

    assert "letters left with a mail server that does not answer, to be sent again: 1" in caplog.messages
    mail.go_on()
    clock.advance(TAKEN_FOR)
    await deliver_all(services.delivery)
    await services.operation.close()
    assert [*mail.times.values()] == [2]
