"""A connection to PostgreSQL: a statement is prepared on it once, and then sent with little else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from gql_users.repositories import pipeline
from gql_users.repositories.database import connection_arguments
from gql_users.repositories.silence import Silence
from gql_users.repositories.statements import Statement, Values

# How statements are planned that read by key, and others. The right plan for a page depends on what is looked for, and
# a plan for everything reads the table; by keys there is but one plan, and making it takes longer than executing it.
PLANNING = {True: "SET plan_cache_mode = force_generic_plan", False: "SET plan_cache_mode = force_custom_plan"}

# How many statements one connection keeps prepared. Filters and orders make more than anybody needs at a time.
MOST_PREPARED = 200


# The numbers of types that are built in, and of what is in arrays: fixed in PostgreSQL, for good (pg_type.dat).
JSON = 114
ARRAYS = {"_int8": (1016, 20), "_varchar": (1015, 1043), "_uuid": (2951, 2950)}


class Connection:
    """A connection of asyncpg's, which whoever has it has alone.

    It is closed after what leaves nobody sure of its state, such as a cancellation.
    """

    def __init__(self, driver: Any, silence: Silence, *, is_pooled: bool) -> None:
        self._driver = driver
        self._silence = silence
        self._was_silent = False
        self._asked = _Asked(self)
        # What asyncpg's own methods come to, by way of four coroutines, a search by the whole text, and two clocks.
        self._bind_execute, self._query = driver._protocol.bind_execute, driver._protocol.query
        self._send = driver._transport.write
        self._has_sent_ahead = False
        # How it plans since when it was asked to; None when that may have been undone with something that failed.
        self._plans_by_key: bool | None = False
        self.is_pooled = is_pooled
        self._prepared: dict[Statement, Any] = {}
        self._commit: Any = None
        self.is_closed, self.is_in_transaction = driver.is_closed, driver.is_in_transaction
        self.terminate, self.close = driver.terminate, driver.close

    async def fetch(self, statement: Statement, values: Values, ahead: bytes = b"") -> Sequence[Any]:
        """The rows that a statement finds, or says that it has written. Raises TimeoutError.

        `ahead` goes to the server before it (see `pipeline`), which it does not through a pooler.
        """
        arguments = statement.on_postgresql.arguments(values)
        prepared = self._prepared.get(statement)
        try:
            with self._asked:
                if self.is_pooled or self.is_closed():
                    return await self._fetch_unprepared(statement, arguments)
                if prepared is None:
                    prepared = await self._prepare(statement)
                if statement.is_by_key is not self._plans_by_key and not ahead and not self.is_in_transaction():
                    ahead = pipeline.said(PLANNING[statement.is_by_key])
                    self._plans_by_key = statement.is_by_key
                rows: Sequence[Any] = await self._sent(prepared, arguments, ahead)
                return rows
        except (asyncpg.InvalidCachedStatementError, asyncpg.InvalidSQLStatementNameError):
            # A column has another type now, or the server has forgotten. What else is prepared may not fit either.
            self._prepared.clear()
            if self.is_in_transaction():  # which has failed
                raise
            return await self.fetch(statement, values)

    async def unasked(self, statement: Statement, values: Values) -> bytes:
        """What to send ahead of another one for a statement that gives no rows. Raises TimeoutError."""
        arguments = statement.on_postgresql.arguments(values)
        prepared = self._prepared.get(statement)
        if prepared is None:
            with self._asked:
                prepared = await self._prepare(statement)
        return pipeline.bound(prepared.get_name(), arguments)

    async def commit(self, ahead: bytes) -> str:
        """Send COMMIT. What the server says that it did. Raises TimeoutError."""
        if self.is_pooled or self.is_closed():
            return await self.say("COMMIT")
        with self._asked:
            if self._commit is None:
                self._commit = await self._driver.prepare("COMMIT")
            _, done, _ = await self._sent(self._commit, (), ahead, is_told=True)
            return str(done, "ascii")

    async def say(self, words: str) -> str:
        """Send what has no values, such as ROLLBACK. What the server says that it did. Raises TimeoutError."""
        with self._asked:
            if self.is_closed():
                return str(await self._driver.execute(words))  # which says so
            return str(await self._query(words, None))

    def give_up(self) -> None:
        """Let whoever waits for the server wait no longer."""
        self._was_silent = True
        self.terminate()

    def _sent(self, prepared: Any, arguments: Sequence[object], ahead: bytes, *, is_told: bool = False) -> Any:
        """Send a statement after what goes ahead of it: its rows; with what was done, if that `is_told`."""
        if ahead:
            self._send(ahead)
            self._has_sent_ahead = True
        return self._bind_execute(prepared._state, arguments, "", 0, is_told, None)

    async def _fetch_unprepared(self, statement: Statement, arguments: Sequence[object]) -> Sequence[Any]:
        """As `fetch`, where the connection is closed, which asyncpg says, or not ours alone.

        Through a pooler the next one may go to another session, which knows nothing of what was prepared in this one.
        """
        compiled = statement.on_postgresql
        return list(await self._driver.fetch(compiled.text, *arguments, record_class=compiled.row))

    async def _prepare(self, statement: Statement) -> Any:
        compiled = statement.on_postgresql
        prepared = await self._driver.prepare(compiled.text, record_class=compiled.row)
        while len(self._prepared) >= MOST_PREPARED:
            del self._prepared[next(iter(self._prepared))]
        self._prepared[statement] = prepared
        return prepared

    def _answered(self, error: BaseException | None) -> None:
        """Close it unless it is usable. Raises TimeoutError where that is what it was."""
        has_sent_ahead, self._has_sent_ahead = self._has_sent_ahead, False
        if error is None:
            return
        self._plans_by_key = None
        if _leaves_it_usable(error) and not (has_sent_ahead and _was_never_sent(error)):
            return
        self.terminate()
        if self._was_silent and isinstance(error, asyncpg.PostgresError):
            raise TimeoutError from error


class _Asked:
    """Something is asked of a server, for as long as the block runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        """Begin to wait."""
        self._connection._silence.begin(self._connection)

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Wait no longer."""
        self._connection._silence.end(self._connection)
        self._connection._answered(error)


async def connect(where: Mapping[str, Any], silence: Silence, *, is_pooled: bool) -> Connection:
    """Connect to a database, given as asyncpg is told."""
    # A timer for each statement is nearly a tenth of what it takes to send one.
    arguments = {**where, **connection_arguments(is_pooled=is_pooled), "command_timeout": None}
    driver = await asyncpg.connect(**arguments)
    # It would ask each new session about them, which takes the session longer than all else that is new to it.
    known = driver._protocol.get_settings()
    known.add_python_codec(JSON, "json", "pg_catalog", [], "scalar", str, json.loads, "text")
    known.register_data_types([_array(name, *numbers) for name, numbers in ARRAYS.items()])
    return Connection(driver, silence, is_pooled=is_pooled)


def _array(name: str, number: int, of_what: int) -> Mapping[str, object]:
    """What asyncpg is told of a type of arrays."""
    unlike_others = {"basetype": None, "range_subtype": None, "attrtypoids": None}
    return {"ns": "pg_catalog", "name": name, "oid": number, "elemtype": of_what, "elemdelim": ",", **unlike_others}


def _leaves_it_usable(error: BaseException) -> bool:
    """Did the server or the driver refuse one statement, and nothing more?

    After anything else nobody knows what the server still does with it: a cancellation, a silence, a closed connection.
    """
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate)[:3] not in {"080", "57P"}
    return isinstance(error, asyncpg.DataError)


def _was_never_sent(error: BaseException) -> bool:
    """Did the driver refuse a value, so that what went ahead of it is still waiting for a Sync?"""
    return getattr(error, "severity", None) is None
