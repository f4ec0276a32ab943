"""The driver: statements without the round trips and the bookkeeping that engines and objects need."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy import make_url

from gql_users.repositories import connection as connections
from gql_users.repositories import transactions
from gql_users.repositories.database import connect, plain_failures
from gql_users.repositories.pool import Pool
from gql_users.repositories.silence import Silence
from gql_users.repositories.statements import POSTGRESQL, Statement
from gql_users.repositories.transactions import CLOSED, Executor, ThroughSQLAlchemy, Transaction
from gql_users.settings import Settings


class Driver(Executor):
    """Executes statements that read, each its own transaction, and begins transactions for those that write."""

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction on a connection of its own, undone at the end of the block unless it was committed.

        Raises what the driver raises: `plain_failures` knows what it means.
        """

    async def connect(self) -> None:
        """Make the connections that make somebody wait otherwise. Raises Unavailable."""

    @abstractmethod
    async def close(self) -> None:
        """Let all connections go. The next statement connects anew."""


def drive(settings: Settings) -> Driver:
    """The driver of a database. Connects at first use, with at most `pool_size` connections."""
    is_sqlite = make_url(settings.database).get_backend_name() == "sqlite"
    return OnSQLite(settings) if is_sqlite else OnPostgreSQL(settings)


class OnPostgreSQL(Driver):
    """Asyncpg, and nothing in between."""

    def __init__(self, settings: Settings) -> None:
        _, where = POSTGRESQL.create_connect_args(make_url(settings.database))
        where.pop("prepared_statement_cache_size", None)  # SQLAlchemy's own
        self._silence = Silence()
        connect = partial(connections.connect, where, self._silence, is_pooled=settings.is_pooled)
        self._pool = Pool(connect, settings.pool_size)

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Find rows, over a connection that is nobody else's meanwhile. Raises Unavailable."""
        with plain_failures():
            connection = await self._pool.take()
            try:
                try:
                    return await connection.fetch(statement, values)  # type: ignore[no-any-return]
                except CLOSED:
                    if not connection.is_closed():
                        raise
                connection = await self._pool.renew(connection)  # reading twice does no harm
                return await connection.fetch(statement, values)  # type: ignore[no-any-return]
            finally:
                self._pool.give_back(connection)

    async def connect(self) -> None:
        """Fill the pool."""
        with plain_failures():
            await self._pool.fill()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Send BEGIN with the first statement, and in the end ROLLBACK unless COMMIT was sent."""
        transaction = transactions.OnPostgreSQL(self._pool, await self._pool.take())
        try:
            yield transaction
        finally:
            try:
                await transaction.end()
            finally:
                self._pool.give_back(transaction.connection)

    async def close(self) -> None:
        """Let all connections go."""
        try:
            await self._pool.close()
        finally:
            self._silence.forget()


class OnSQLite(Driver):
    """The same through SQLAlchemy, which turns SQLite's few types into Python's."""

    def __init__(self, settings: Settings) -> None:
        self._engine = connect(settings)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        # SQLite lets one writer in at a time and has the others sleep and try again, in no order: in a burst some wait
        # for seconds, each with a connection that others want. Here they queue in order, and hold nothing meanwhile.
        self._turn = asyncio.Lock()

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Find rows, in a thread beside the event loop. Raises Unavailable."""
        with plain_failures():
            async with self._reading.connect() as connection:
                return await ThroughSQLAlchemy(connection).rows(statement, **values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Send BEGIN IMMEDIATE, when it is this one's turn, and in the end ROLLBACK unless COMMIT was sent."""
        async with self._turn, self._engine.connect() as connection:
            yield ThroughSQLAlchemy(connection)

    async def close(self) -> None:
        """Let all connections go."""
        await self._engine.dispose()
