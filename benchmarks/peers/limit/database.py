"""Connections that are kept, with statements that are prepared once: no pool's resets, no unasked round trips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

SIZE = 10

Prepared = Mapping[str, Any]


class Database:
    """So many connections, each with all statements."""

    def __init__(self, statements: Mapping[str, str]) -> None:
        self._statements = statements
        self._free: asyncio.Queue[tuple[Any, Prepared]] = asyncio.Queue()

    async def connect(self) -> None:
        """Open the connections, as the environment says (PGHOST, PGDATABASE, PGUSER)."""
        for _ in range(SIZE):
            connection = await asyncpg.connect()
            prepared = {name: await connection.prepare(sql) for name, sql in self._statements.items()}
            self._free.put_nowait((connection, prepared))

    async def row(self, statement: str, *values: Any) -> Any:
        """The first row that a statement gives."""
        taken = await self._free.get()
        try:
            return await taken[1][statement].fetchrow(*values)
        finally:
            self._free.put_nowait(taken)

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """All rows that a statement gives."""
        taken = await self._free.get()
        try:
            found: list[Any] = await taken[1][statement].fetch(*values)
            return found
        finally:
            self._free.put_nowait(taken)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Prepared]:
        """The statements, within one transaction."""
        taken = await self._free.get()
        connection, prepared = taken
        try:
            async with connection.transaction():
                yield prepared
        finally:
            self._free.put_nowait(taken)
