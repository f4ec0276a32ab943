"""HTTP/1.1 as uvicorn speaks it, with answers that are whole written at once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, but for how answers are written."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # uvicorn makes the cycle itself, and has no setting for its class.
        cycle.__class__ = Cycle
        super()._start_asgi_task(cycle, app)


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
                self._write(head, message["body"])
                return
            await super().send(head)
        await super().send(message)

    def _is_all(self, head: Any, message: Any) -> bool:
        """Is this an ordinary answer, here from its first byte to its last, to somebody who can take it?"""
        length = next((value for name, value in head["headers"] if name == b"content-length"), None)
        return (
            not message.get("more_body", False)
            and length == b"%d" % len(message.get("body", b""))
            and self.keep_alive
            and not (self.flow.write_paused or self.disconnected or self.access_log)
            and self.scope["method"] != "HEAD"
            and _is_plain(tuple(name for name, _ in head["headers"]))
        )

    def _write(self, head: Any, body: bytes) -> None:
        lines = [_line(name, value) for name, value in (*self.default_headers, *head["headers"])]
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


@lru_cache(maxsize=1024)
def _line(name: bytes, value: bytes) -> bytes:
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError("This is no header.")
    return b"%b: %b\r\n" % (name.lower(), value)
