"""What frames every request: an id, headers that every answer carries, and one line in the log."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from itertools import count

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gql_users.logs import REQUESTS, log_request
from gql_users.web.headers import headers_of, line, listed
from gql_users.web.whole import Headers, Whole

log = logging.getLogger(REQUESTS)

# The status when there is nobody left to answer, as web servers write it.
UNANSWERED = 499

_USABLE_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")

SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # Most answers carry somebody's data or tokens; what may be kept says so itself.
    "Cache-Control": "no-store",
}


class Framing:
    """What frames a request, whichever way it takes: its id, who sends it, the headers of its answer, and its line.

    A usable `X-Request-ID` that came with the request is kept, so that one id follows a request through many services.
    """

    def __init__(self, *, strict_transport: bool, trusted_proxies: int) -> None:
        self.trusted_proxies = trusted_proxies
        headers = dict(SECURITY_HEADERS)
        if strict_transport:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = frozenset(name for name, _ in self.headers)
        # Unique without asking the machine for chance each time: a number of this process, and one of the request.
        self._ids = map(f"{secrets.token_hex(8)}{{:016x}}".format, count(secrets.randbits(32)))
        self._head = lru_cache(maxsize=256)(self._lines)

    def begin(self, scope: Scope) -> str:
        """The id of a request, which its scope knows from now on, as it knows who is behind the proxies."""
        given = headers_of(scope).get(b"x-request-id")
        request_id = given.decode("latin-1") if given is not None else None
        if request_id is None or not _USABLE_ID.fullmatch(request_id):
            request_id = next(self._ids)
        scope["gql_users.request_id"] = request_id
        if self.trusted_proxies:
            scope["client"] = self._client(scope)
        return request_id

    def framed(self, headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with ours, but for those that it has itself."""
        return [*self._with_ours(headers), (b"x-request-id", request_id.encode())]

    def written(self, told: Whole, request_id: str) -> bytes:
        """What is written of a whole answer, after its first line: the framed headers and the content."""
        content = told.content
        head = self._head(told.headers)
        return b"%bcontent-length: %d\r\nx-request-id: %b\r\n\r\n%b" % (
            head,
            len(content),
            request_id.encode(),
            content,
        )

    def log(self, scope: Scope, request_id: str, status: int, started: float) -> None:
        """Write the one line about a request, which began when `perf_counter` said `started`."""
        client = scope.get("client")
        log_request(
            log,
            request_id,
            scope.get("method", "WEBSOCKET"),
            scope["path"],
            status,
            (time.perf_counter() - started) * 1000,
            client[0] if client else None,
        )

    def _with_ours(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        its_own = [*headers]
        named = self.names.intersection([name for name, _ in its_own])
        return [*its_own, *(ours for ours in self.headers if ours[0] not in named)]

    def _lines(self, headers: Headers) -> bytes:
        return b"".join(line(name, value) for name, value in self._with_ours(headers))

    def _client(self, scope: Scope) -> tuple[str, int] | None:
        """Who is behind the proxies: each of them adds, at the end, the address it was reached from.

        What stands further to the left anybody may have written. It is for the installation to see that nobody comes
        past the proxies; who does, and writes no such header, is who connects.
        """
        connected: tuple[str, int] | None = scope.get("client")
        said = listed(scope, b"x-forwarded-for").decode("latin-1")
        forwarded = [each.strip() for each in said.split(",")] if said else []
        if len(forwarded) < self.trusted_proxies:
            return connected
        try:
            return str(ip_address(_without_port(forwarded[-self.trusted_proxies]))), 0
        except ValueError:
            return connected


class Frame:
    """Frames every request that takes the usual way through the application."""

    def __init__(self, app: ASGIApp, *, framing: Framing) -> None:
        self.app = app
        self.framing = framing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection (ASGI)."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), UNANSWERED
        request_id = self.framing.begin(scope)

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] != "http.response.body":
                status = _status_after(message, status)
                if message["type"].endswith("http.response.start"):
                    message["headers"] = self.framing.framed(message.get("headers", ()), request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_framed)
        finally:
            self.framing.log(scope, request_id, status, started)


def _status_after(message: Message, before: int) -> int:
    """The status that the log tells of; of a WebSocket the code it was closed with."""
    match message["type"]:
        case "http.response.start" | "websocket.http.response.start":
            return int(message["status"])
        case "websocket.accept":
            return 101
        case "websocket.close":
            return 403 if before == UNANSWERED else int(message.get("code", 1000))
    return before


def _without_port(forwarded: str) -> str:
    """The address alone: some proxies add a port, and IPv6 may have a zone."""
    if forwarded.startswith("[") and "]" in forwarded:
        forwarded = forwarded[1:].partition("]")[0]
    elif forwarded.count(":") == 1:
        forwarded = forwarded.partition(":")[0]
    return forwarded.partition("%")[0]
