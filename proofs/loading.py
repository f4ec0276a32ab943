"""Filling a database with people, fast: the indexes stand aside meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users.models import User
from gql_users.repositories.database import connect
from gql_users.settings import Settings
from proofs.population import Person, people

CHUNK = 20_000

INDEXES = {
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'users' AND indexname LIKE 'ix%'",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'users' AND type = 'index' AND name LIKE 'ix%'",
}
IN_A_HURRY = {
    "postgresql": ("SET statement_timeout = 0", "SET maintenance_work_mem = '512MB'"),
    "sqlite": ("PRAGMA synchronous = OFF", "PRAGMA cache_size = -1000000"),
}

# What PostgreSQL does by itself after a while. Nobody does it for SQLite, so its plans must be good without.
AFTERWARDS = {"postgresql": "VACUUM ANALYZE users", "sqlite": "PRAGMA wal_checkpoint(TRUNCATE)"}


async def load(settings: Settings, count: int) -> None:
    """Put so many people into an empty, migrated database, and leave it as it would be some time later."""
    engine = connect(settings, patiently=True)
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in IN_A_HURRY[connection.dialect.name]:
                await connection.execute(text(statement))
            async with _indexes_aside(connection):
                await (_copy if connection.dialect.name == "postgresql" else _insert)(connection, people(count))
            await connection.execute(text(AFTERWARDS[connection.dialect.name]))
    finally:
        await engine.dispose()


@asynccontextmanager
async def _indexes_aside(connection: AsyncConnection) -> AsyncIterator[None]:
    found = (await connection.execute(text(INDEXES[connection.dialect.name]))).all()
    for name, _ in found:
        await connection.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in found:
        await connection.exec_driver_sql(definition)


async def _copy(connection: AsyncConnection, rows: Iterator[Person]) -> None:
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    columns = next(people(1)).keys()
    await raw.copy_records_to_table("users", columns=[*columns], records=(tuple(row.values()) for row in rows))
    # The numbers came with the rows; those to come begin after them.
    await connection.execute(text("SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users"))


async def _insert(connection: AsyncConnection, rows: Iterator[Person]) -> None:
    await connection.exec_driver_sql("BEGIN")
    while chunk := [*islice(rows, CHUNK)]:
        await connection.execute(insert(User), chunk)
    await connection.exec_driver_sql("COMMIT")
