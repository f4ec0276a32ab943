"""The feed: what any process wrote about accounts, heard at once, over one connection of its own."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gql_users.errors import Unavailable
from gql_users.models import Event, User
from gql_users.repositories.database import plain_failures
from gql_users.repositories.events import CHANNEL, Events
from gql_users.repositories.sessions import Sessions
from gql_users.repositories.transactions import ThroughSQLAlchemy

# How many events are read at a time, and how many ids may wait for that.
MOST_AT_ONCE = 500
MOST_WAITING = 20_000
# How often SQLite is asked whether anybody has written. It answers from memory.
BETWEEN_LOOKS_S = 0.05

Told: TypeAlias = tuple[Event, User | None]
"""An event, and the account it is about as it is now, unless that is gone."""


class Feed:
    """Opens lines to the database. A line has its connection to itself: it waits most of the time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Line]:
        """A line that hears of everything that is committed from now on. Raises Unavailable, also inside the block."""
        with plain_failures():
            async with self._engine.connect() as connection:
                line = _OnPostgreSQL(connection) if connection.dialect.name == "postgresql" else _OnSQLite(connection)
                try:
                    await line.begin()
                    yield line
                finally:
                    # In the pool it would go on listening.
                    await connection.invalidate()


class Line(ABC):
    """One connection that hears what is written."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._executor = ThroughSQLAlchemy(connection)

    @abstractmethod
    async def begin(self) -> None:
        """Hear of everything from now on."""

    @abstractmethod
    async def wait(self, seconds: float) -> None:
        """Wait until there may be something to hear, or so long."""

    @abstractmethod
    async def heard(self) -> Sequence[Told]:
        """What was committed since the last time, in its order; a part of it where that is much."""

    async def rights(self, sessions: Collection[UUID]) -> dict[UUID, bool]:
        """Which of these sessions are still good, and whether they are an admin's."""
        return await Sessions(self._executor).rights(sessions)


class _OnPostgreSQL(Line):
    """Listens: PostgreSQL tells of each event when its transaction commits."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._waiting: list[UUID] = []
        self._called = asyncio.Event()

    async def begin(self) -> None:
        driver: Any = (await self._connection.get_raw_connection()).driver_connection
        driver.add_termination_listener(lambda _connection: self._called.set())
        await driver.add_listener(CHANNEL, self._hear)

    def _hear(self, _connection: object, _process: int, _channel: str, event_id: str) -> None:
        self._waiting.append(UUID(event_id))
        self._called.set()

    async def wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._called.wait()
        except TimeoutError:
            pass

    async def heard(self) -> Sequence[Told]:
        if len(self._waiting) > MOST_WAITING:
            raise Unavailable
        ids, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        if not self._waiting:
            self._called.clear()
        if not ids:
            return []
        return await Events(self._executor).find_with_users(ids)


class _OnSQLite(Line):
    """Looks: SQLite tells each connection whether another one, in whatever process, has written since it last asked."""

    async def begin(self) -> None:
        self._version: object = await self._data_version()
        self._row = await Events(self._executor).last_row()

    async def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / BETWEEN_LOOKS_S)):
            version = await self._data_version()
            if version != self._version:
                self._version = version
                return
            await asyncio.sleep(BETWEEN_LOOKS_S)

    async def heard(self) -> Sequence[Told]:
        found = await Events(self._executor).find_after(self._row, MOST_AT_ONCE)
        if found:
            self._row = found[-1][0]
        if len(found) == MOST_AT_ONCE:
            self._version = None  # there may be more, which nobody writes again
        return [(event, user) for _, event, user in found]

    async def _data_version(self) -> object:
        return (await self._connection.exec_driver_sql("PRAGMA data_version")).scalar()
