"""A connection to PostgreSQL: a statement is prepared on it once, and then sent with little else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from gql_users.repositories import database
from gql_users.repositories.database import connection_arguments
from gql_users.repositories.silence import Silence
from gql_users.repositories.statements import Statement, Values

# How many statements one connection keeps prepared. Filters and orders make more than anybody needs at a time.
MOST_PREPARED = 200


class Connection:
    """A connection of asyncpg's, which whoever has it has alone.

    It is closed after what leaves nobody sure of its state, such as a cancellation.
    """

    def __init__(self, driver: Any, silence: Silence, *, is_pooled: bool) -> None:
        self._driver = driver
        self._silence = silence
        self._was_silent = False
        # What asyncpg's own methods come to, by way of four coroutines, a search by the whole text, and two clocks.
        self._bind_execute, self._query = driver._protocol.bind_execute, driver._protocol.query
        self._is_pooled = is_pooled
        self._prepared: dict[Statement, Any] = {}
        self.is_closed, self.is_in_transaction = driver.is_closed, driver.is_in_transaction
        self.terminate, self.close = driver.terminate, driver.close

    async def fetch(self, statement: Statement, values: Values) -> Sequence[Any]:
        """The rows that a statement finds, or says that it has written. Raises TimeoutError."""
        arguments = statement.on_postgresql.arguments(values)
        prepared = self._prepared.get(statement)
        self._silence.begin(self)
        try:
            if prepared is None or self.is_closed():
                return await self._fetch_anew(statement, arguments)
            rows: Sequence[Any] = await self._bind_execute(prepared._state, arguments, "", 0, False, None)
        except (asyncpg.InvalidCachedStatementError, asyncpg.InvalidSQLStatementNameError):
            # A column has another type now, or the server has forgotten. What else is prepared may not fit either.
            self._prepared.clear()
            if prepared is None or self.is_in_transaction():  # which has failed
                raise
            return await self.fetch(statement, values)
        except BaseException as error:
            self._close_unless_usable(error)
            raise
        finally:
            self._silence.end(self)
        return rows

    async def say(self, words: str) -> str:
        """Send what has no values, such as COMMIT. What the server says that it did. Raises TimeoutError."""
        self._silence.begin(self)
        try:
            if self.is_closed():
                return str(await self._driver.execute(words))  # which says so
            return str(await self._query(words, None))
        except BaseException as error:
            self._close_unless_usable(error)
            raise
        finally:
            self._silence.end(self)

    def give_up(self) -> None:
        """Let whoever waits for the server wait no longer."""
        self._was_silent = True
        self.terminate()

    async def _fetch_anew(self, statement: Statement, arguments: Sequence[object]) -> Sequence[Any]:
        """As `fetch`, where the statement is not prepared or the connection is closed, which asyncpg says."""
        compiled = statement.on_postgresql
        if self._is_pooled:
            # The next one may go to another session, which knows nothing of what was prepared in this one.
            return list(await self._driver.fetch(compiled.text, *arguments, record_class=compiled.row))
        prepared = await self._driver.prepare(compiled.text, record_class=compiled.row)
        while len(self._prepared) >= MOST_PREPARED:
            del self._prepared[next(iter(self._prepared))]
        self._prepared[statement] = prepared
        return list(await prepared.fetch(*arguments))

    def _close_unless_usable(self, error: BaseException) -> None:
        """Raises TimeoutError where that is what it was."""
        if not _leaves_it_usable(error):
            self.terminate()
            if self._was_silent and isinstance(error, asyncpg.PostgresError):
                raise TimeoutError from error


async def connect(where: Mapping[str, Any], silence: Silence, *, is_pooled: bool) -> Connection:
    """Connect to a database, given as asyncpg is told."""
    # A timer for each statement is nearly a tenth of what it takes to send one.
    arguments = {**where, **connection_arguments(is_pooled=is_pooled), "command_timeout": None}
    driver = await asyncpg.connect(**arguments)
    try:
        async with asyncio.timeout(database.SILENCE_S):
            await driver.set_type_codec("json", schema="pg_catalog", encoder=str, decoder=json.loads)
    except BaseException:
        driver.terminate()
        raise
    return Connection(driver, silence, is_pooled=is_pooled)


def _leaves_it_usable(error: BaseException) -> bool:
    """Did the server or the driver refuse one statement, and nothing more?

    After anything else nobody knows what the server still does with it: a cancellation, a silence, a closed connection.
    """
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate)[:3] not in {"080", "57P"}
    return isinstance(error, asyncpg.DataError)
