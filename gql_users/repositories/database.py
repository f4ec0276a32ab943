"""Engines: how the service is connected to PostgreSQL or SQLite, and what a broken connection is called."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gql_users.errors import Unavailable
from gql_users.settings import Settings

STATEMENT_TIMEOUT_MS = 8_000
LOCK_TIMEOUT_MS = 4_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 4
POOL_WAIT_S = 2
SILENCE_S = 10
WAL_ATTEMPTS = 20
SQLITE_WAIT_S = 5
SQLITE_PATIENCE_S = 120

# A statement the server has forgotten, serialization failure, deadlock: the same again will succeed. As it will when
# somebody changed the type of a column meanwhile, which PostgreSQL has no code of its own for.
_PASSING = {"26000", "40001", "40P01"}
_AWAY = {
    "25006",  # read-only: a standby, or a failover under way
    "53300",  # too many connections
    "55P03",  # lock timeout
    "57014",  # statement timeout
}


# A constraint refuses what is written. PostgreSQL's driver says so itself, SQLite's through SQLAlchemy.
REFUSED = (IntegrityError, asyncpg.IntegrityConstraintViolationError)


class Collision(Unavailable):
    """Two transactions got in each other's way; nothing was written, and the same again will most likely succeed."""


def connect(settings: Settings, *, patiently: bool = False, directly: bool = False) -> AsyncEngine:
    """An engine with a pool of `pool_size` connections and no overflow. Connects at first use, not now.

    `patiently` is for migrations, whose statements may take long; `directly`, past a pooler, for what needs a session.
    """
    url = make_url(settings.direct_database if directly else settings.database)
    is_pooled = settings.is_pooled and not directly
    if url.get_backend_name() == "sqlite":
        return _sqlite(settings, Path(url.database or ""), SQLITE_PATIENCE_S if patiently else SQLITE_WAIT_S)
    return create_async_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=connection_arguments(patiently=patiently, is_pooled=is_pooled) | _prepared(is_pooled=is_pooled),
    )


def _prepared(*, is_pooled: bool) -> dict[str, Any]:
    """What SQLAlchemy does about prepared statements: through a pooler they have no name, and end at once."""
    return {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""} if is_pooled else {}


def connection_arguments(*, patiently: bool = False, is_pooled: bool = False) -> dict[str, Any]:
    """How asyncpg connects: how long it waits, and what it asks of the session.

    Through a pooler there is no session to ask anything of, or to keep prepared statements in: the limits are those of
    the role.
    """
    arguments = {
        "timeout": CONNECT_TIMEOUT_S,
        # The server ends long statements itself; this is for a server that does not answer at all any more.
        "command_timeout": None if patiently else SILENCE_S,
    }
    if is_pooled:
        return {**arguments, "statement_cache_size": 0, "server_settings": {"application_name": "gql_users"}}
    return {
        **arguments,
        "server_settings": {
            "application_name": "gql_users",
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "lock_timeout": str(LOCK_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
            # The right plan for a page depends on what is looked for; a plan for everything reads the table.
            "plan_cache_mode": "force_custom_plan",
        },
    }


def _sqlite(settings: Settings, file: Path, wait_s: int) -> AsyncEngine:
    # Nobody else on the machine has any business with hashes of passwords.
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_async_engine(
        settings.database,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        hide_parameters=True,
        connect_args={"timeout": wait_s},
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def be_a_file(*_parts: object) -> None:
        # The driver finds out in a thread of its own, whose answer may come when nobody waits for it any more.
        if file.is_dir():
            raise IsADirectoryError(f"{file} is a folder, and should be a file")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver would begin transactions by itself, too late to keep a read and the write after it together.
        connection.isolation_level = None
        cursor = connection.cursor()
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and takes the write lock later loses the writes of others.
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(cursor: Any) -> None:
    """Keep a write-ahead log, from the first connection to a new file on.

    The change is refused at once while somebody writes. Beginning to write is what waits, and what comes next may come
    too late again.
    """
    cursor.execute("PRAGMA journal_mode")
    if cursor.fetchone() == ("wal",):
        return
    for remaining in reversed(range(WAL_ATTEMPTS)):
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if not remaining:
                raise
        else:
            return


class plain_failures:  # noqa: N801 - used as a function is; a class because each statement pays for it
    """Turn what a database says when it is away, full or busy into Unavailable, and a passing clash into Collision.

    Everything else goes through as it is: it is a mistake of ours.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Raise what it is called here, if there is a name for it."""
        plain = _plain(error) if error is not None else None
        if plain is not None:
            raise plain from error


def _plain(error: BaseException) -> Exception | None:
    if isinstance(error, (PoolTimeout, OSError, TimeoutError)):  # a refused connection is a bare OSError
        return Unavailable()
    if isinstance(error, (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
        state = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
        if state in _PASSING or isinstance(error, asyncpg.InvalidCachedStatementError):
            return Collision()
        if state in _AWAY or state[:2] in {"08", "57"} or _is_away(error):
            return Unavailable()
    return None


def _is_away(error: Exception) -> bool:
    """Is the connection gone, or SQLite's file, where there is no code that says so?"""
    if not isinstance(error, DBAPIError):
        # A value that the driver cannot send is a mistake of ours. What it calls an error of its own is a server that
        # said farewell before it was asked.
        return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError) and not isinstance(
            error, ValueError
        )
    if isinstance(error.orig, sqlite3.Error):
        return isinstance(error.orig, sqlite3.OperationalError) and _is_passing(error.orig)
    return error.connection_invalidated or isinstance(error, InterfaceError)


def _is_passing(error: sqlite3.OperationalError) -> bool:
    """Is SQLite busy, full, read-only or without its file, rather than misused?"""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR"))
