"""Facts about single statements that the driver executes without anything in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import bindparam, column, insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users import Settings
from gql_users.errors import Unavailable
from gql_users.models import Event, User
from gql_users.repositories import connection, database
from gql_users.repositories.database import connect
from gql_users.repositories.driver import Driver, drive
from gql_users.repositories.pool import Pool
from gql_users.repositories.statements import Among, Statement
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.test_transactions import change_tables

POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = UUID(int=7)

ONE = Statement(select(literal(1).label("one")))
SLEEP = Statement(text("SELECT pg_sleep(:seconds)").bindparams(bindparam("seconds")))
TERMINATE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname LIKE 'test_%'"


class _Named:
    __slots__ = ()
    name: str

    @property
    def shouted(self) -> str:
        return self.name.upper()


@pytest.fixture
async def driver(settings: Settings) -> AsyncIterator[Driver]:
    driver = drive(settings)
    yield driver
    await driver.close()


@pytest.fixture
async def _rows(settings: Settings) -> None:
    """Two users and an event."""
    engine = connect(settings)
    async with engine.begin() as connection:
        await _add_users(connection)
        row = {"id": ID, "kind": "LOGGED_IN", "occurred_at": NOW, "details": {"scope": ["ALL"]}}
        await connection.execute(insert(Event).values(**row))
    await engine.dispose()


async def _add_users(connection: AsyncConnection) -> None:
    for number, name in enumerate(("Ann", "Ben")):
        key = f"{name.lower()}@example.com"
        made = {"created_at": NOW + timedelta(hours=number), "updated_at": NOW, "is_admin": name == "Ben"}
        await connection.execute(
            insert(User).values(email=key, email_key=key, name=name, name_key=name, version=1, **made)
        )


@pytest.mark.usefixtures("_rows")
async def test_rows_have_pythons_types_on_every_database(driver: Driver) -> None:
    users = select(User.id, User.name, User.is_admin, User.created_at, User.deactivated_at).order_by(User.id)

    ann, ben = await driver.rows(Statement(users))
    (event,) = await driver.rows(Statement(select(Event.id, Event.occurred_at, Event.details)))

    assert (ann.name, ann.is_admin, ann.deactivated_at) == ("Ann", False, None)
    assert (ben.is_admin, ben.created_at) == (True, NOW + timedelta(hours=1))
    assert ben.created_at.utcoffset() == timedelta(0)
    assert (event.id, event.details, event.occurred_at) == (ID, {"scope": ["ALL"]}, NOW)


@pytest.mark.usefixtures("_rows")
async def test_values_go_in_by_name_and_each_in_its_own_type(driver: Driver) -> None:
    since = Statement(
        select(User.name)
        .where(User.created_at > bindparam("since"), User.updated_at == NOW, User.is_admin == bindparam("is_admin"))
        .where(User.name.in_(["Ann", "Ben"]), User.version == 1)
        .limit(bindparam("most"))
    )

    found = await driver.rows(since, since=NOW, most=5, is_admin=True)
    none = await driver.rows(since, most=5, is_admin=False, since=NOW)

    assert ([row.name for row in found], list(none)) == (["Ben"], [])


@pytest.mark.usefixtures("_rows")
async def test_one_text_finds_any_number_of_rows(driver: Driver) -> None:
    by_name = Statement(select(User.name).where(Among(User.name, "names")).order_by(User.name))
    by_id = Statement(select(Event.kind).where(Among(Event.id, "ids")))

    found = [[row.name for row in await driver.rows(by_name, names=names)] for names in ([], ["Ben"], ["Ben", "Ann"])]
    events = await driver.rows(by_id, ids=[ID, UUID(int=8)])

    assert found == [[], ["Ben"], ["Ann", "Ben"]]
    assert [row.kind for row in events] == ["LOGGED_IN"]


@pytest.mark.usefixtures("_rows")
async def test_a_row_says_what_follows_from_its_columns(driver: Driver) -> None:
    ann, _ = await driver.rows(Statement(select(User.name).order_by(User.name), _Named))

    assert ann.shouted == "ANN"


async def test_who_gets_no_connection_in_time_is_told(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL_WAIT_S", 0)
    driver = drive(make_settings(pool_size=1, database_url="postgresql://somebody@192.0.2.1/users"))

    first = asyncio.create_task(driver.rows(ONE))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await driver.rows(ONE)

    first.cancel()
    await asyncio.wait([first])
    await driver.close()


async def test_more_readers_than_connections_wait_for_each_other(make_settings: MakeSettings) -> None:
    driver = drive(make_settings(pool_size=2))

    found = await asyncio.gather(*(driver.rows(ONE) for _ in range(50)))

    assert {rows[0].one for rows in found} == {1}
    await driver.close()


@POSTGRESQL
async def test_who_gives_up_waiting_takes_no_connection_from_others(databases: PostgreSQL) -> None:
    pool = Pool(lambda: asyncpg.connect(user="postgres", database="postgres", host=str(databases.folder)), 1)
    taken = await pool.take()
    early, late, patient = (asyncio.create_task(pool.take()) for _ in range(3))
    await asyncio.sleep(0)

    early.cancel()
    await asyncio.sleep(0)
    pool.give_back(taken)
    late.cancel()  # whose turn it is now, and who has not noticed yet

    assert await patient is taken
    assert (early.cancelled(), late.cancelled()) == (True, True)
    pool.give_back(taken)
    await pool.close()


@POSTGRESQL
async def test_who_waited_in_vain_takes_no_connection_from_others(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL_WAIT_S", 0.1)
    driver = drive(make_settings(pool_size=1))
    held = asyncio.create_task(driver.rows(SLEEP, seconds=0.5))
    await asyncio.sleep(0.01)

    with pytest.raises(Unavailable):
        await driver.rows(ONE)
    await held

    assert (await driver.rows(ONE))[0].one == 1
    await driver.close()


@POSTGRESQL
async def test_connections_that_the_server_closed_are_replaced(databases: PostgreSQL, driver: Driver) -> None:
    await asyncio.gather(*(driver.rows(ONE) for _ in range(10)))
    await databases.run(TERMINATE)

    found = await asyncio.gather(*(driver.rows(ONE) for _ in range(20)))

    assert len(found) == 20


@POSTGRESQL
async def test_a_read_that_somebody_gives_up_leaves_nothing_behind(make_settings: MakeSettings) -> None:
    driver = drive(make_settings(pool_size=1))

    given_up = asyncio.create_task(driver.rows(SLEEP, seconds=20))
    await asyncio.sleep(0.2)
    given_up.cancel()
    await asyncio.wait([given_up])

    assert (await driver.rows(ONE))[0].one == 1
    await driver.close()


@POSTGRESQL
@pytest.mark.usefixtures("_rows")
async def test_a_read_does_not_notice_that_a_column_got_another_type(driver: Driver, settings: Settings) -> None:
    ages = Statement(select(User.age))
    await asyncio.gather(*(driver.rows(ages) for _ in range(8)))
    await change_tables(settings, "ALTER TABLE users ALTER COLUMN age TYPE bigint")

    found = await asyncio.gather(*(driver.rows(ages) for _ in range(8)))

    assert [[row.age for row in rows] for rows in found] == [[None, None]] * 8


@POSTGRESQL
async def test_a_connection_keeps_as_many_statements_as_it_says(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_PREPARED", 3)
    driver = drive(make_settings(pool_size=1))
    kept = Statement(text("SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql").columns(column("count")))

    for each in range(20):
        await driver.rows(Statement(select(literal(each).label("each"))))
    (first,), (again,) = await driver.rows(kept), await driver.rows(kept)

    # The server is told with the next one that is prepared.
    assert 3 <= first.count == again.count <= 4
    await driver.close()


@POSTGRESQL
async def test_what_takes_too_long_is_unavailable(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "STATEMENT_TIMEOUT_MS", 100)

    with pytest.raises(Unavailable):
        await driver.rows(SLEEP, seconds=20)

    assert (await driver.rows(ONE))[0].one == 1


@POSTGRESQL
async def test_a_server_that_says_nothing_is_unavailable(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.1)

    with pytest.raises(Unavailable):
        await driver.rows(SLEEP, seconds=20)

    assert (await driver.rows(ONE))[0].one == 1


@POSTGRESQL
async def test_a_mistake_of_ours_stays_one(driver: Driver) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await driver.rows(Statement(text("SELECT nothing FROM nowhere")))
    with pytest.raises(asyncpg.DataError):
        await driver.rows(SLEEP, seconds="long")

    assert (await driver.rows(ONE))[0].one == 1


async def test_a_driver_that_was_closed_connects_again(driver: Driver) -> None:
    await driver.rows(ONE)

    await driver.close()

    assert (await driver.rows(ONE))[0].one == 1


@pytest.mark.usefixtures("_rows")
async def test_a_row_shows_nothing_of_what_it_holds(driver: Driver) -> None:
    ann, _ = await driver.rows(Statement(select(User.name, User.email).order_by(User.name)))

    assert "Ann" not in f"{ann!r} {ann}"
    assert "ann@" not in f"{ann!r} {ann}"
