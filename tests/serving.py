"""The service on a real socket, in the test's own event loop."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from gql_users.web.protocol import Protocol

# Nothing here is encrypted, but a client that is handed none loads them, which takes longer than most tests.
CERTIFICATES = ssl.create_default_context()


@asynccontextmanager
async def serving(app: ASGIApp, **options: Any) -> AsyncIterator[str]:
    """The base URL at which the application answers while the block runs. `options` are further ones of uvicorn's."""
    # Named TCP outright: asyncio turns off the delaying of small packets only where it sees that name.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="on",
            http=Protocol,
            ws="websockets-sansio",
            proxy_headers=False,
            **options,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listening])
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            await _end(server)


async def _end(server: uvicorn.Server) -> None:
    """What uvicorn's own shutdown does, without its pauses, which together are minutes."""
    for each in server.servers:
        each.close()
    state = server.server_state
    for connection in list(state.connections):
        connection.shutdown()
    while state.connections or state.tasks:  # noqa: ASYNC110 - nothing tells when the last one is gone
        await asyncio.sleep(0.001)
    await server.lifespan.shutdown()
