"""Transactions: several statements over one connection, whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users.repositories import pipeline
from gql_users.repositories.connection import Connection
from gql_users.repositories.pool import Pool
from gql_users.repositories.statements import Statement, Values

# Those who write look for rows by their keys: whatever the values, the plan is the same, and need not be made again.
BEGIN = "BEGIN", "SET LOCAL plan_cache_mode = auto"

# A connection that the server closed, or is just closing, while nobody used it says so to whoever uses it next.
CLOSED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)


class Executor(ABC):
    """What executes statements: the driver each for itself, a transaction all of them as one."""

    @abstractmethod
    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """The rows that a statement finds, or says that it has written."""

    async def row(self, statement: Statement, **values: object) -> Any:
        """The first of them; None when there is none."""
        found = await self.rows(statement, **values)
        return found[0] if found else None

    async def later(self, statement: Statement, **values: object) -> None:
        """Execute a statement that gives no rows, before the next one at the latest, which says if it was refused."""
        await self.rows(statement, **values)


class Transaction(Executor):
    """Statements that happen together, once `commit` has come back."""

    @abstractmethod
    async def commit(self) -> None:
        """Let it be so."""

    def is_undone(self) -> bool:
        """Is it known, after something was refused, that nothing of it happened?"""
        return False


class OnPostgreSQL(Transaction):
    """Over a connection of the pool, which is as new as a connection can be until the first statement is answered.

    BEGIN travels with the first statement, and what `later` is given with the next one or with COMMIT: each round trip
    that is saved is a tenth of what a change costs the service, and the database.
    """

    def __init__(self, pool: Pool, connection: Connection) -> None:
        self._pool = pool
        self.connection = connection
        self._ahead = b""

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Execute one statement of it."""
        if not self.connection.is_in_transaction():
            return await self._begun(statement, values)
        ahead, self._ahead = self._ahead, b""
        return await self.connection.fetch(statement, values, ahead)

    async def later(self, statement: Statement, **values: object) -> None:
        """Have it go along with what is sent next."""
        if self.connection.is_in_transaction() and not self.connection.is_pooled:
            self._ahead += await self.connection.unasked(statement, values)
        else:  # whoever is first may have to be sent again, which COMMIT must not
            await self.rows(statement, **values)

    async def commit(self) -> None:
        """Send COMMIT. Raises RuntimeError when the server has given the transaction up before."""
        if self.connection.is_in_transaction() and await self.connection.commit(self._ahead) != "COMMIT":
            raise RuntimeError("a transaction went on after one of its statements had failed")

    def is_undone(self) -> bool:
        """Was a statement refused that went along with COMMIT, which then was not executed?"""
        return not self.connection.is_closed() and self.connection.is_in_transaction()

    async def end(self) -> None:
        """Undo what is not committed. The server does so by itself when the connection is closed."""
        if not self.connection.is_closed() and self.connection.is_in_transaction():
            try:
                await self.connection.say("ROLLBACK")
            except BaseException as error:
                self.connection.terminate()
                # What failed before is what matters.
                if not isinstance(error, Exception):
                    raise

    async def _begun(self, statement: Statement, values: Values) -> Sequence[Any]:
        try:
            return await self._begin(statement, values)
        except CLOSED:
            if not self.connection.is_closed():
                raise
        self.connection = await self._pool.renew(self.connection)
        return await self._begin(statement, values)

    async def _begin(self, statement: Statement, values: Values) -> Sequence[Any]:
        if self.connection.is_pooled:
            await self.connection.say("; ".join(BEGIN))
            return await self.connection.fetch(statement, values)
        return await self.connection.fetch(statement, values, pipeline.said(*BEGIN))


class ThroughSQLAlchemy(Transaction):
    """Over a connection of SQLAlchemy's, which sends BEGIN before the first statement."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Execute one statement of it."""
        result = await self._connection.execute(statement.on(self._connection.dialect.name), values)
        return [statement.row(each) for each in result] if result.returns_rows else []

    async def commit(self) -> None:
        """Send COMMIT."""
        await self._connection.commit()
