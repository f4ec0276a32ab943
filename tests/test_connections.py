"""Facts about connections to PostgreSQL: nobody is given one that somebody left behind, and closing lets all go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from gql_users import Settings
from gql_users.errors import Unavailable
from gql_users.repositories import database, transactions
from gql_users.repositories.driver import Driver, drive
from gql_users.repositories.pool import Pool
from gql_users.repositories.statements import Statement
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.test_driver import ONE
from tests.wire import wire_to

FORGET = Statement(text("DEALLOCATE ALL"))


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


@pytest.fixture
async def driver(make_settings: MakeSettings) -> AsyncIterator[Driver]:
    """A driver with one connection, which everybody is given."""
    driver = drive(make_settings(pool_size=1))
    yield driver
    await driver.close()


async def test_a_transaction_that_failed_as_it_began_is_nobody_elses(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(transactions, "BEGIN", ("BEGIN", "SELECT 1 / 0"))
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with driver.transaction() as transaction:
                await transaction.rows(ONE)

    async with driver.transaction() as transaction:
        assert (await transaction.row(ONE)).one == 1
    assert (await driver.rows(ONE))[0].one == 1


async def test_what_the_server_has_forgotten_is_prepared_anew(driver: Driver) -> None:
    await driver.rows(ONE)
    await driver.rows(FORGET)

    assert (await driver.rows(ONE))[0].one == 1


async def test_an_address_may_say_what_we_say_too(make_settings: MakeSettings, database_url: str) -> None:
    driver = drive(make_settings(database_url=f"{database_url}&timeout=5&command_timeout=5"))

    assert (await driver.rows(ONE))[0].one == 1
    await driver.close()


@pytest.fixture
async def slowly(databases: PostgreSQL) -> tuple[Callable[[], Awaitable[Any]], asyncio.Event]:
    """Connects, once something has happened."""
    happened = asyncio.Event()

    async def connect() -> Any:
        await happened.wait()
        return await asyncpg.connect(user="postgres", database="postgres", host=str(databases.folder))

    return connect, happened


async def test_a_connection_that_is_being_made_when_all_are_let_go_is_let_go_too(
    slowly: tuple[Callable[[], Awaitable[Any]], asyncio.Event],
) -> None:
    connect, happened = slowly
    pool = Pool(connect, 1)
    taking = asyncio.create_task(pool.take())
    await asyncio.sleep(0)

    await pool.close()
    happened.set()
    connection = await taking
    pool.give_back(connection)

    assert connection.is_closed()


async def test_a_silent_server_keeps_nobody_from_letting_all_connections_go(
    databases: PostgreSQL, settings: Settings, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONNECT_TIMEOUT_S", 1)
    async with wire_to(databases.folder) as wire:
        driver = drive(make_settings(database_url=wire.url(settings.database), pool_size=3))
        await asyncio.gather(*(driver.rows(ONE) for _ in range(3)))

        wire.fall_silent()
        async with asyncio.timeout(20):
            await driver.close()

        await wire.cut()
        with pytest.raises(Unavailable):
            await driver.rows(ONE)
        await driver.close()
