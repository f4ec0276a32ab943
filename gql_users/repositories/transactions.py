"""Transactions: several statements over one connection, whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users.repositories.connection import Connection
from gql_users.repositories.statements import Statement

# Those who write look for rows by their keys: whatever the values, the plan is the same, and need not be made again.
BEGIN = "BEGIN; SET LOCAL plan_cache_mode = auto"


class Executor(ABC):
    """What executes statements: the driver each for itself, a transaction all of them as one."""

    @abstractmethod
    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """The rows that a statement finds, or says that it has written."""

    async def row(self, statement: Statement, **values: object) -> Any:
        """The first of them; None when there is none."""
        found = await self.rows(statement, **values)
        return found[0] if found else None


class Transaction(Executor):
    """Statements that happen together, once `commit` has come back."""

    @abstractmethod
    async def commit(self) -> None:
        """Let it be so."""


class OnPostgreSQL(Transaction):
    """Over a connection on which BEGIN was sent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def rows(self, statement: Statement, **values: object) -> Sequence[Any]:
        """Execute one statement of it."""
        return await self._connection.fetch(statement, values)

    async def row(self, statement: Statement, **values: object) -> Any:
        """As `rows`, which a call less comes to."""
        found = await self._connection.fetch(statement, values)
        return found[0] if found else None

    async def commit(self) -> None:
        """Send COMMIT. Raises RuntimeError when the server has given the transaction up before."""
        if await self._connection.say("COMMIT") != "COMMIT":
            raise RuntimeError("a transaction went on after one of its statements had failed")

    async def end(self) -> None:
        """Undo what is not committed. The server does so by itself when the connection is closed."""
        if not self._connection.is_closed() and self._connection.is_in_transaction():
            try:
                await self._connection.say("ROLLBACK")
            except BaseException as error:
                self._connection.terminate()
                # What failed before is what matters.
                if not isinstance(error, Exception):
                    raise


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
