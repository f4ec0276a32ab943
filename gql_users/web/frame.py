"""What frames every request: an id, headers that every answer carries, and one line in the log."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_address
from itertools import count

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gql_users.logs import log_request
from gql_users.web.headers import header, header_lines

log = logging.getLogger("gql_users.requests")

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


class Frame:
    """Gives every request an id and every answer its headers, and writes one line about it.

    A usable `X-Request-ID` that came with the request is kept, so that one id follows a request through many services.
    """

    def __init__(self, app: ASGIApp, *, strict_transport: bool, trusted_proxies: int) -> None:
        self.app = app
        self.trusted_proxies = trusted_proxies
        headers = dict(SECURITY_HEADERS)
        if strict_transport:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = frozenset(name for name, _ in self.headers)
        # Unique without asking the machine for chance each time: a number of this process, and one of the request.
        self._ids = map(f"{secrets.token_hex(8)}{{:016x}}".format, count(secrets.randbits(32)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection (ASGI)."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), UNANSWERED
        given = header(scope, b"x-request-id")
        request_id = given if given is not None and _USABLE_ID.fullmatch(given) else next(self._ids)
        scope["gql_users.request_id"] = request_id
        if self.trusted_proxies:
            scope["client"] = self._client(scope)

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] != "http.response.body":
                status = _status_after(message, status)
                if message["type"].endswith("http.response.start"):
                    message["headers"] = self._framed(message.get("headers", ()), request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_framed)
        finally:
            client = scope.get("client")
            log_request(
                log,
                request_id=request_id,
                method=scope.get("method", "WEBSOCKET"),
                path=scope["path"],
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                client=client[0] if client else None,
            )

    def _framed(self, headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with ours, but for those that it has itself."""
        framed = [*headers, (b"x-request-id", request_id.encode()), *self.headers]
        its_own = {name for name, _ in headers if name in self.names}
        if its_own:
            framed = [*headers, *(ours for ours in framed[len(headers) :] if ours[0] not in its_own)]
        return framed

    def _client(self, scope: Scope) -> tuple[str, int] | None:
        """Who is behind the proxies: each of them adds, at the end, the address it was reached from.

        What stands further to the left anybody may have written. It is for the installation to see that nobody comes
        past the proxies; who does, and writes no such header, is who connects.
        """
        connected: tuple[str, int] | None = scope.get("client")
        forwarded = [each.strip() for line in header_lines(scope, b"x-forwarded-for") for each in line.split(",")]
        if len(forwarded) < self.trusted_proxies:
            return connected
        try:
            return str(ip_address(_without_port(forwarded[-self.trusted_proxies]))), 0
        except ValueError:
            return connected


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
