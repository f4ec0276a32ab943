"""Requests under way, as the server sees them: in the lane, and on the usual way, with whole answers sent at once."""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from gql_users.web.headers import line
from gql_users.web.lane import Head


class _Nobody:
    """Waits for the messages of a request that has none."""

    def set(self) -> None:
        """Tell nobody."""


class InLane:
    """A request in the lane, with as much of uvicorn's cycle as the protocol looks at."""

    __slots__ = ("body", "disconnected", "head", "keep_alive", "response_complete", "started", "task")

    message_event = _Nobody()

    def __init__(self, head: Head, body: bytes | bytearray) -> None:
        self.started = time.perf_counter()
        self.head = head
        self.body = body
        self.response_complete = self.disconnected = False
        self.keep_alive = True
        self.task: asyncio.Task[None] | None = None


class Cycle(RequestResponseCycle):
    """A request and its answer.

    uvicorn writes the head of an answer before it knows the body: two packets, and each header looked at by two regular
    expressions. Here the head waits for the body. Where that is all there is, both are written at once, and headers
    that were looked at before are remembered; everything else is done by uvicorn.
    """

    # uvicorn has types of its own for the same messages.
    _head: Any = None

    async def send(self, message: Any) -> None:
        """Send a part of the answer (ASGI)."""
        if message["type"] == "http.response.start" and not self.response_started:
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            if self._is_all(head, message):
                self._write(head, message.get("body", b""))
                return
            await super().send(head)
        await super().send(message)

    def _is_all(self, head: Any, message: Any) -> bool:
        """Is this an ordinary answer, here from its first byte to its last, to somebody who can take it?"""
        headers, body = head.get("headers", ()), message.get("body", b"")
        length = next((value for name, value in headers if name == b"content-length"), None)
        return (
            not message.get("more_body", False)
            and length == b"%d" % len(body)
            and self.keep_alive
            and not (self.flow.write_paused or self.disconnected or self.access_log)
            and self.scope["method"] != "HEAD"
            and _is_plain(tuple(name for name, _ in headers))
        )

    def _write(self, head: Any, body: bytes) -> None:
        lines = [line(name, value) for name, value in (*self.default_headers, *head["headers"])]
        self.transport.write(b"".join((STATUS_LINE[head["status"]], *lines, b"\r\n", body)))
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.message_event.set()
        self.on_response()


@lru_cache(maxsize=256)
def _is_plain(names: tuple[bytes, ...]) -> bool:
    """Does none of these headers say how the answer is framed, but for its one length?"""
    return names.count(b"content-length") == 1 and not {b"connection", b"transfer-encoding"} & {
        *map(bytes.lower, names)
    }
