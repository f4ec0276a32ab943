"""Somebody else who has a database, or a part of it, to themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

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
