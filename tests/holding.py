"""Others who hold what the service wants: an SQLite file, or rows or the whole of a table in PostgreSQL."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users import Settings
from gql_users.models.base import Base
from gql_users.repositories.database import connect

# Takes the only place of a writer in the file, says so, and holds it until it may read a line.
HOLD = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def held_by_another_process(url: str) -> Iterator[None]:
    """Somebody else writes to the SQLite file for as long as the block runs."""
    file = url.removeprefix("sqlite+aiosqlite:///")
    with subprocess.Popen([sys.executable, "-c", HOLD, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        yield
        holder.stdin.write(b"\n")


@dataclass(frozen=True)
class Held:
    """Rows that somebody else has locked in PostgreSQL."""

    by: AsyncConnection

    async def until_waiting(self, many: int) -> None:
        """Wait until so many wait for a lock."""
        async with asyncio.timeout(30):
            while await self.by.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) < many:
                pass  # the database takes its time to answer


@asynccontextmanager
async def held_rows(settings: Settings, model: type[Base]) -> AsyncIterator[Held]:
    """Somebody else has locked all rows of a table for as long as the block runs."""
    engine = connect(settings)
    async with engine.connect() as connection:
        await connection.execute(select(model.__table__).with_for_update())
        yield Held(connection)
    await engine.dispose()


@asynccontextmanager
async def nobody_else_reads(table: str, url: str) -> AsyncIterator[None]:
    """A transaction has a table of the PostgreSQL database to itself for as long as the block runs."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()
