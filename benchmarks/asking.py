"""A client for what wrk cannot do: questions at a steady pace, whoever is still waiting, and each one's answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from benchmarks.driving import NotMeasuredError
from benchmarks.servers import Server

# The service hangs up after five seconds in which nothing is asked.
LONGEST_IDLE_S = 2.0

Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, and how long it took."""

    status: int
    body: bytes
    milliseconds: float


@dataclass(slots=True)
class Client:
    """Connections to one server, opened as they are needed, and kept."""

    server: Server
    _free: list[tuple[float, Stream]] = field(default_factory=list)

    async def ask(self, document: str, variables: Mapping[str, Any], **headers: str) -> Answer:
        """The answer to one document."""
        return await self.post(json.dumps({"query": document, "variables": variables}), **headers)

    async def post(self, content: str, **headers: str) -> Answer:
        """The answer to one body. Its time counts from when a connection is there.

        Raises NotMeasuredError when the server hangs up instead.
        """
        at = urlsplit(self.server.url)
        reader, writer = self._kept() or await asyncio.open_connection(at.hostname, at.port)
        body = content.encode()
        given = {"Host": at.netloc, "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
        started = time.perf_counter()
        writer.write(f"POST {at.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        try:
            status, answered = await _read(reader)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise NotMeasuredError(f"{self.server.name} hung up instead of answering") from error
        now = time.perf_counter()
        self._free.append((now, (reader, writer)))
        return Answer(status, answered, (now - started) * 1e3)

    def _kept(self) -> Stream | None:
        """A connection that the server will not close at this very moment."""
        while self._free:
            since, (reader, writer) = self._free.pop()
            if time.perf_counter() - since < LONGEST_IDLE_S:
                return reader, writer
            writer.close()
        return None

    async def close(self) -> None:
        """Hang up."""
        for _, (_, writer) in self._free:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and the body; every answer says how long it is."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    return int(head.split()[1]), await reader.readexactly(length)
