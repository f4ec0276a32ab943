"""Facts about statements that travel together: done in order, whole or not at all, leaving nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    text,
)

from gql_users.errors import Unavailable
from gql_users.repositories.database import Collision
from gql_users.repositories.driver import Driver, drive
from gql_users.repositories.statements import Statement
from gql_users.repositories.unit_of_work import UnitsOfWork
from tests.conftest import MakeSettings
from tests.test_driver import ONE

NOTES = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("said", String),
    Column("by_whom", Uuid),
    Column("at", DateTime(timezone=True)),
    Column("is_read", Boolean),
    Column("details", JSON),
)
MAKE = Statement(
    text(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE, said VARCHAR, by_whom UUID,"
        " at TIMESTAMPTZ, is_read BOOLEAN, details JSON)"
    )
)
NOTE = Statement(insert(NOTES).values({column.name: bindparam(f"new_{column.name}") for column in NOTES.c}))
ALL = Statement(select(*NOTES.c).order_by(NOTES.c.id))
HOW_IT_PLANS = select(func.current_setting("plan_cache_mode").label("mode"))
BY_KEY, OTHERWISE = (Statement(HOW_IT_PLANS, is_by_key=each) for each in (True, False))
REFUSED = Statement(text("SELECT 1 / (SELECT 0)"), is_by_key=True)
A_NUMBER = Statement(select(bindparam("number", type_=Integer).label("number")))
BEING_REFUSED = "DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '%s'; END $$"

NOTHING = {f"new_{column.name}": None for column in NOTES.c}
NOON = datetime(2026, 3, 1, 12, 30, 1, 250, tzinfo=UTC)


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


@pytest.fixture
async def driver(make_settings: MakeSettings) -> AsyncIterator[Driver]:
    """A driver with one connection, which everybody is given, and a table."""
    driver = drive(make_settings(pool_size=1))
    await driver.rows(MAKE)
    yield driver
    await driver.close()


async def test_values_that_are_sent_ahead_arrive_as_they_are(driver: Driver) -> None:
    said = ["", 'it\'s \\ "so"\n', "Zoë 🦊", "x" * 100_000, "null", None]
    rows = [
        (number, words, UUID(int=number), NOON, bool(number % 2), {"fields": ["name", None], "ü": 1.5})
        for number, words in enumerate(said)
    ]

    async with driver.transaction() as transaction:
        await transaction.rows(ONE)
        for row in rows:
            await transaction.later(NOTE, **dict(zip(NOTHING, row, strict=True)))
        await transaction.later(NOTE, **{**NOTHING, "new_id": 100})
        found = [tuple(row) for row in await transaction.rows(ALL)]
        await transaction.commit()

    assert found == [*rows, (100, None, None, None, None, None)]
    assert [tuple(row) for row in await driver.rows(ALL)] == found


async def test_what_goes_along_with_a_commit_that_never_comes_is_not_done(driver: Driver) -> None:
    async with driver.transaction() as transaction:
        await transaction.rows(ONE)
        await transaction.later(NOTE, **{**NOTHING, "new_id": 1})

    assert await driver.rows(ALL) == []


async def test_what_is_refused_along_with_a_commit_undoes_everything_and_says_why(driver: Driver) -> None:
    async with driver.transaction() as transaction:
        await transaction.rows(ONE)
        for number in (1, 2, 1, 3):
            await transaction.later(NOTE, **{**NOTHING, "new_id": number})
        with pytest.raises(asyncpg.UniqueViolationError):
            await transaction.commit()
        assert transaction.is_undone()

    assert await driver.rows(ALL) == []


@pytest.mark.parametrize(("code", "error"), [("40P01", Collision), ("55P03", Unavailable)])
async def test_a_unit_knows_that_what_was_refused_before_its_commit_may_be_done_again(
    driver: Driver, code: str, error: type[Exception]
) -> None:
    refused = Statement(text(BEING_REFUSED % code))

    with pytest.raises(Unavailable) as raised:
        await _commit_along_with(refused, driver)

    assert type(raised.value) is error


async def test_a_unit_does_not_know_what_became_of_a_commit_that_was_refused(driver: Driver) -> None:
    await driver.rows(
        Statement(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN RAISE EXCEPTION ''late'' USING ERRCODE = ''40001''; END'"
            )
        )
    )
    late = "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    await driver.rows(Statement(text(f"{late} EXECUTE FUNCTION refuse()")))

    with pytest.raises(Unavailable) as raised:
        await _commit_along_with(NOTE, driver, **{**NOTHING, "new_id": 1})

    assert type(raised.value) is Unavailable


async def _commit_along_with(statement: Statement, driver: Driver, **values: object) -> None:
    async with UnitsOfWork(driver)() as work:
        await work.users.find(1)
        await work.users._executor.later(statement, **values)


async def test_a_value_that_cannot_be_sent_leaves_nothing_half_said(driver: Driver) -> None:
    with pytest.raises(asyncpg.DataError):
        async with driver.transaction() as transaction:
            await transaction.rows(A_NUMBER, number="nine")

    async with driver.transaction() as transaction:
        await transaction.rows(ONE)
        await transaction.later(NOTE, **{**NOTHING, "new_id": 1})
        with pytest.raises(asyncpg.DataError):
            await transaction.rows(A_NUMBER, number="nine")

    assert await driver.rows(ALL) == []


async def test_a_value_that_nothing_of_ours_takes_is_refused_before_it_is_sent(driver: Driver) -> None:
    async with driver.transaction() as transaction:
        await transaction.rows(ONE)
        with pytest.raises(TypeError):
            await transaction.later(NOTE, **{**NOTHING, "new_id": 1.5})
        with pytest.raises(UnicodeEncodeError):
            await transaction.later(NOTE, **{**NOTHING, "new_said": "\ud800"})
        await transaction.later(NOTE, **{**NOTHING, "new_id": 2})
        await transaction.commit()

    assert [row.id for row in await driver.rows(ALL)] == [2]


async def test_statements_by_key_have_one_plan_and_others_one_for_their_values(driver: Driver) -> None:
    async def modes() -> list[str]:
        return [(await driver.rows(each))[0].mode for each in (BY_KEY, OTHERWISE, OTHERWISE, BY_KEY, BY_KEY, OTHERWISE)]

    once, anew = "force_generic_plan", "force_custom_plan"
    expected = [once, anew, anew, once, once, anew]
    assert await modes() == expected

    for _ in range(2):  # what failed took the change of mode with it
        with pytest.raises(asyncpg.DivisionByZeroError):
            await driver.rows(REFUSED)
        assert await modes() == expected

    async with driver.transaction() as transaction:
        assert {(await transaction.rows(each))[0].mode for each in (BY_KEY, OTHERWISE)} == {"auto"}
    assert await modes() == expected
