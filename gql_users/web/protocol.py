"""HTTP/1.1 as uvicorn speaks it, with a lane for ordinary requests, and answers that are whole written at once."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gql_users.web.cycle import Cycle, InLane
from gql_users.web.headers import line
from gql_users.web.lane import Lane


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, but for ordinary requests to an application with a lane, and for answers.

    Bytes are parsed, connections kept, counted and closed by uvicorn all the same.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An application that is mounted in another one, or wrapped, goes the usual way.
        state = getattr(self.app, "state", None)
        is_plain = not self.root_path and self.limit_concurrency is None and not self.config.reset_contextvars
        self._lane: Lane | None = getattr(state, "lane", None) if is_plain else None
        self._is_between_requests = True
        self._begun = 0
        self._idle_since = math.inf

    def data_received(self, data: bytes) -> None:
        """Take bytes. A whole request whose head was parsed before, byte for byte, is not parsed again."""
        if self._lane is None or not self._is_between_requests:
            super().data_received(data)
            return
        end = data.find(b"\r\n\r\n") + 4
        head = self._lane.heads.get(data[:end])
        if head is not None and len(data) - end == head.length and not self._is_busy():
            self._unset_keepalive_if_required()
            self._begin(InLane(head, data[end:]))
            return
        before: Any = self.cycle
        self._begun = 0
        super().data_received(data)
        cycle: Any = self.cycle
        # Is this one whole request, and nothing else? (One for another protocol has no cycle of its own.)
        if type(cycle) is InLane and cycle is not before and self._begun == 1 and self._is_between_requests:
            self._lane.remember(data[:end], len(data) - end, cycle.head)

    def on_message_begin(self) -> None:
        """Be ready for the head of a request. What uvicorn tells applications of it is made where one is told."""
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._is_between_requests = False
        self._begun += 1

    def on_headers_complete(self) -> None:
        """Begin a request: in the lane, or as uvicorn does."""
        lane = self._lane
        if (
            lane is None
            or self.url != lane.raw_path
            or self._is_busy()
            or (head := lane.takes(self.headers)) is None
            or self.parser.get_method() != b"POST"
            or self.parser.get_http_version() != "1.1"
            or not self.parser.should_keep_alive()
        ):
            self._begin_usually()
            return
        # uvicorn asks it no more than it asks of its own.
        self.cycle = InLane(head, bytearray())  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        cycle: Any = self.cycle
        if type(cycle) is InLane and cycle.task is None and self._lane is not None:
            self._lane.give_up(cycle.head, self.client, cycle.started)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one: as uvicorn does, with a timer that goes on meanwhile."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)

    def _unset_keepalive_if_required(self) -> None:
        # A timer that is cancelled and made anew costs each request more than one that finds out what has happened.
        self._idle_since = math.inf

    def _end_if_idle(self) -> None:
        self.timeout_keep_alive_task = None
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            self.timeout_keep_alive_handler()
        elif left < math.inf:
            self.timeout_keep_alive_task = self.loop.call_later(left, self._end_if_idle)

    def _begin_usually(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.headers.extend(headers)  # the scope has this list already
        self.url, self.expect_100_continue = url, expects
        super().on_headers_complete()

    def _is_busy(self) -> bool:
        """Is an earlier request of this connection still to be answered?"""
        earlier: Any = self.cycle
        return earlier is not None and not earlier.response_complete

    def on_body(self, body: bytes) -> None:
        """Take a part of a body. In the lane nobody holds its sender up: its length is known, and allowed."""
        cycle: Any = self.cycle
        if type(cycle) is InLane and cycle.task is None:
            cycle.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is all there."""
        self._is_between_requests = True
        cycle: Any = self.cycle
        if type(cycle) is not InLane:
            super().on_message_complete()
        elif cycle.task is None:
            self._begin(cycle)

    def _begin(self, cycle: InLane) -> None:
        self.cycle = cycle  # type: ignore[assignment]
        cycle.task = self.loop.create_task(self._answer(cycle))
        self.tasks.add(cycle.task)

    async def _answer(self, cycle: InLane) -> None:
        """Answer a request in the lane."""
        assert self._lane is not None  # noqa: S101 - it has taken the request
        try:
            status, written = await self._lane.answer(cycle.head, bytes(cycle.body), self.client, cycle.started)
            if self.flow.write_paused:
                await self.flow.drain()
            cycle.response_complete = True
            if not cycle.disconnected:
                self._write(cycle, status, written)
        except BaseException:
            self.transport.close()
            raise
        finally:
            self.tasks.discard(cycle.task)

    def _write(self, cycle: InLane, status: int, written: bytes) -> None:
        closing = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(b"%b%b%b%b" % (STATUS_LINE[status], _lines(self.server_state), closing, written))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # uvicorn makes the cycle itself, and has no setting for its class.
        cycle.__class__ = Cycle
        super()._start_asgi_task(cycle, app)


def _lines(state: Any) -> bytes:
    """The headers that uvicorn adds to every answer, which change once a second."""
    return _joined(*state.default_headers)


@lru_cache(maxsize=4)
def _joined(*headers: tuple[bytes, bytes]) -> bytes:
    return b"".join(line(name, value) for name, value in headers)
