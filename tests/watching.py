"""Who is asked over the network while a test runs: every connection of this process, whoever makes it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache

_lists: list[list[tuple[str, object]]] = []


@contextmanager
def noting_connections() -> Iterator[list[tuple[str, object]]]:
    """The hosts and ports that something connects to, or looks up, while the block runs. Unix sockets aside."""
    _hook()
    noted: list[tuple[str, object]] = []
    _lists.append(noted)
    try:
        yield noted
    finally:
        _lists.remove(noted)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[object]]]:
    """An address on this machine, and who connected to it."""
    came: list[object] = []

    def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys.json", came


@cache
def _hook() -> None:
    # It cannot be taken away again, so there is one for all.
    sys.addaudithook(_note)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if not _lists or event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    address = arguments[1] if event == "socket.connect" else arguments[:2]
    if isinstance(address, tuple):
        for noted in _lists:
            noted.append((str(address[0]), address[1]))
