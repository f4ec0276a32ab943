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
from gql_users.models import Event
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.door import SettableClock
from tests.test_forgetting import change_tables, count, events_at
from tests.wire import wire_to

LONG_AGO = timedelta(days=366)
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@asynccontextmanager
async def working(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The worker, without its pauses, while the block runs."""
    monkeypatch.setattr(worker, "LETTERS_S", (0.0, 0.01))
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
