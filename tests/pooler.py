"""A PgBouncer in transaction mode, between the service and the PostgreSQL of the tests."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
NEEDS_PGBOUNCER = pytest.mark.skipif(PGBOUNCER is None, reason="needs pgbouncer (Debian has it)")

# Fewer sessions than the service has connections, so that they change hands all the time; and what is asked of a
# session at its beginning is refused, as it is unless somebody configures otherwise.
CONFIGURATION = """
[databases]
* = host={server} user=postgres

[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = 3
logfile = {folder}/log
"""


@asynccontextmanager
async def pgbouncer(server: Path) -> AsyncIterator[Path]:
    """The folder of its socket, for as long as the block runs. It refuses to run as root, and so does the server."""
    with TemporaryDirectory(prefix="gql-users-pgb-") as name:
        folder = Path(name)
        (folder / "ini").write_text(CONFIGURATION.format(server=server, folder=folder))
        whose: dict[str, Any] = {"user": server.owner()} if os.geteuid() == 0 else {}
        if whose:
            shutil.chown(folder, whose["user"])
        running = await asyncio.create_subprocess_exec(str(PGBOUNCER), "-q", str(folder / "ini"), cwd=folder, **whose)
        try:
            await _answers(folder)
            yield folder
        finally:
            running.terminate()
            await running.wait()


async def _answers(folder: Path) -> None:
    for remaining in reversed(range(100)):
        try:
            connection = await asyncpg.connect(
                user="postgres", database="postgres", host=str(folder), port=6432, statement_cache_size=0
            )
        except OSError:
            if not remaining:
                raise
            await asyncio.sleep(0.1)
        else:
            await connection.close()
            return
