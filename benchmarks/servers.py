"""The servers that are compared: how each is started, on one core, and what it takes."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from benchmarks.cluster import FOLDER, Cluster
from benchmarks.processes import SERVER_CORE

PEERS = Path(__file__).parent / "peers"
ROOT = Path(__file__).parent.parent

SECRET = "a secret for benchmarks, and long enough for one"
ISSUER = "http://localhost:8000"

START_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `url`, and its process."""

    name: str
    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One of those that are compared. `command` has `{port}` in it; `about` is said beside its figures.

    It begins in its `folder`, or in one without a `.env`.
    """

    name: str
    about: str
    command: Sequence[str]
    folder: Path | None = None


OURS = Kind(
    "gql_users",
    "this service in production: tokens and sessions checked, documents limited, errors masked, requests logged",
    (sys.executable, "-m", "gql_users", "serve", "--port", "{port}"),
)
_UVICORN = (sys.executable, "-m", "uvicorn", "--port", "{port}", "--no-access-log", "--log-level", "warning")
USUAL = Kind(
    "usual",
    "Strawberry, FastAPI's router, SQLAlchemy's ORM; no authentication, no limits, no log",
    (*_UVICORN, "benchmarks.peers.usual.app:app"),
)
MERCURIUS = Kind(
    "mercurius",
    "Fastify, Mercurius with its JIT, node-postgres; no authentication, no limits, no log",
    ("node", "server.js", "{port}"),
    PEERS / "mercurius",
)
LIMIT = Kind(
    "limit",
    "handlers by hand on ASGI, asyncpg and orjson; no GraphQL, no limits, no log; reads without authentication",
    (*_UVICORN, "benchmarks.peers.limit.app:app"),
)
SHARING = Kind(
    "sharing limit",
    "the same, where lookups that wait together share a statement",
    (*_UVICORN, "benchmarks.peers.limit.app:sharing"),
)


def why_not(kind: Kind) -> str | None:
    """Why one of them cannot be started here; None when it can."""
    if kind.folder and not shutil.which("node"):
        return "there is no Node"
    if kind.folder and not (kind.folder / "node_modules").exists():
        return f"`npm ci` in {kind.folder.relative_to(ROOT)} installs what it takes"
    return None


@asynccontextmanager
async def running(
    kind: Kind, cluster: Cluster, database: str, *, pinned: bool = True, **settings: str
) -> AsyncIterator[Server]:
    """One of them on a database, answering, until the block ends. `settings` are further ones of ours."""
    port = _free_port()
    command = [part.format(port=port) for part in kind.command]
    where = ("taskset", "-c", str(SERVER_CORE)) if pinned else ()
    environment = _environment(cluster, database) | settings
    with (FOLDER / f"{kind.name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *where, *command, cwd=kind.folder or FOLDER, env=environment, stdout=log, stderr=log
        )
        try:
            await _answering(port, process, log)
            yield Server(kind.name, f"http://127.0.0.1:{port}/graphql", process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _environment(cluster: Cluster, database: str) -> dict[str, str]:
    """What each of them reads: ours, the peers in Python, and node-postgres; and no other settings of ours."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("GQL_USERS_")}
    return {
        **others,
        "GQL_USERS_ENV": "production",
        "GQL_USERS_SECRET": SECRET,
        "GQL_USERS_PUBLIC_URL": ISSUER,
        "GQL_USERS_DATABASE_URL": cluster.url(database),
        "PGHOST": str(cluster.folder),
        "PGDATABASE": database,
        "PGUSER": "postgres",
        "NODE_ENV": "production",
        "PYTHONPATH": str(ROOT),
    }


async def _answering(port: int, process: asyncio.subprocess.Process, log: IO[bytes]) -> None:
    """Wait until it answers a question that needs no database."""
    given_up = time.monotonic() + START_S
    ping = {"query": "query ServiceInfo { serviceInfo { version } }", "operationName": "ServiceInfo", "variables": {}}
    async with httpx.AsyncClient(timeout=30) as http:
        while True:
            if process.returncode is not None or time.monotonic() > given_up:
                raise RuntimeError(f"a server did not start; {log.name} says why")
            try:
                answer = await http.post(f"http://127.0.0.1:{port}/graphql", json=ping)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            answer.raise_for_status()
            return


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
