"""The driver: single statements, without the round trips and the bookkeeping that transactions and objects need."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import make_url

from gql_users.repositories.database import connect, connection_arguments, plain_failures
from gql_users.repositories.pool import Pool
from gql_users.repositories.statements import POSTGRESQL, Compiled, Statement
from gql_users.settings import Settings


class Driver(ABC):
    """Executes statements, each its own transaction."""

    @abstractmethod
    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """What a statement that reads finds, as of the moment it begins. Raises Unavailable."""

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
        _, self._where = POSTGRESQL.create_connect_args(make_url(settings.database))
        self._where.pop("prepared_statement_cache_size", None)  # SQLAlchemy's own
        self._is_pooled = settings.is_pooled
        self._pool = Pool(self._connect, settings.pool_size)

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Find rows, over a connection that is nobody else's meanwhile."""
        compiled = statement.on_postgresql
        arguments = compiled.arguments(values)
        with plain_failures():
            connection = await self._pool.take()
            try:
                return await self._fetch(connection, compiled, arguments)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError):
                if not connection.is_closed():
                    raise
            # It was closed while nobody used it, which is noticed by whoever uses it next. The others most likely were
            # too, and reading twice does no harm.
            self._pool.discard_idle()
            return await self._fetch(await self._pool.take(), compiled, arguments)

    async def close(self) -> None:
        """Let all connections go."""
        await self._pool.close()

    async def _fetch(self, connection: Any, compiled: Compiled, arguments: Sequence[object]) -> Sequence[Any]:
        try:
            rows: Sequence[Any] = await connection.fetch(compiled.text, *arguments, record_class=compiled.row)
        except BaseException as error:
            if not _leaves_it_usable(error):
                connection.terminate()
            raise
        finally:
            self._pool.give_back(connection)
        return rows

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(**self._where, **connection_arguments(is_pooled=self._is_pooled))
        try:
            await connection.set_type_codec("json", schema="pg_catalog", encoder=str, decoder=json.loads)
        except BaseException:
            connection.terminate()
            raise
        return connection


class OnSQLite(Driver):
    """The same through SQLAlchemy, which turns SQLite's few types into Python's."""

    def __init__(self, settings: Settings) -> None:
        self._engine = connect(settings).execution_options(isolation_level="AUTOCOMMIT")

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Find rows, in a thread beside the event loop."""
        with plain_failures():
            async with self._engine.connect() as connection:
                result = await connection.execute(statement.clause, values)
        return [statement.row(each) for each in result]

    async def close(self) -> None:
        """Let all connections go."""
        await self._engine.dispose()


def _leaves_it_usable(error: BaseException) -> bool:
    """Did the server or the driver refuse one statement, and nothing more?

    After anything else nobody knows what the server still does with it: a cancellation, a silence, a closed connection.
    """
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate)[:3] not in {"080", "57P"}
    return isinstance(error, asyncpg.DataError)
