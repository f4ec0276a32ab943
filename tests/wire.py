"""A wire between the service and PostgreSQL that can be cut, mended, and made to carry nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Wire:
    """Carries bytes from a port to the server's socket, for as long as it is whole."""

    socket: Path
    port: int = 0
    listening: asyncio.Server | None = None
    ends: list[asyncio.StreamWriter] = field(default_factory=list)
    flowing: asyncio.Event = field(default_factory=asyncio.Event)

    async def mend(self) -> None:
        """Take connections, from now on, and carry what they say."""
        self.flowing.set()
        self.listening = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self.listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection, and take no new ones."""
        if self.listening is not None:
            self.listening.close()
            self.listening = None
        for end in self.ends:
            end.transport.abort()
        self.ends.clear()

    def fall_silent(self) -> None:
        """Carry nothing more, and let nobody know."""
        self.flowing.clear()

    def url(self, database_url: str) -> str:
        """The same database, over the wire."""
        name = database_url.partition("?")[0].rpartition("/")[2]
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}?ssl=disable"

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self.socket)
        self.ends += [writer, far_writer]
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await reader.read(65_536):
                await self.flowing.wait()
                writer.write(some)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def wire_to(folder: Path) -> AsyncIterator[Wire]:
    """A whole wire to the server whose sockets are in this folder."""
    wire = Wire(folder / ".s.PGSQL.5432")
    await wire.mend()
    try:
        yield wire
    finally:
        await wire.cut()
