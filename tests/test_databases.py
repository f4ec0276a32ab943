"""Facts about the databases of the tests: none has a trace of the test before."""

from __future__ import annotations

import asyncpg
import pytest

from tests.databases import PostgreSQL

SOMEBODY = """INSERT INTO users (email, email_key, name, name_key, is_admin, version, created_at, updated_at)
    VALUES ('lena@example.com', 'lena@example.com', 'Lena', 'lena', false, 1, now(), now()) RETURNING id"""

CHANGES = (
    "ALTER TABLE users DROP COLUMN age",
    "CREATE INDEX another ON users (age)",
    "DROP TABLE letters",
    "DROP TABLE alembic_version",
    "UPDATE alembic_version SET version_num = 'another'",
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
)


async def done(url: str, statement: str) -> object:
    """What came of a statement in this database."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_database_that_is_used_again_has_no_rows_and_numbers_from_one(postgresql: PostgreSQL) -> None:
    used = await postgresql.fresh()
    first = await done(used, SOMEBODY)
    await postgresql.drop(used)

    again = await postgresql.fresh()

    assert again == used
    assert (first, await done(again, "SELECT count(*) FROM users"), await done(again, SOMEBODY)) == (1, 0, 1)
    await postgresql.drop(again)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_database_whose_tables_were_changed_is_not_used_again(postgresql: PostgreSQL, change: str) -> None:
    url = await postgresql.fresh()
    await done(url, change)

    await postgresql.drop(url)

    assert url not in postgresql.emptied


async def test_who_is_still_connected_is_sent_away(postgresql: PostgreSQL) -> None:
    url = await postgresql.fresh()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("BEGIN; LOCK TABLE users")

    await postgresql.drop(url)

    assert connection.is_closed()
