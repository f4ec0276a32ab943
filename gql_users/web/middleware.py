"""What happens around every request: an id, headers, a log line, a mask for surprises, and limits on bodies."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Protocol
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Refuse(Protocol):
    """How the part of the service that was asked refuses a request: a status, a message, and the request's id."""

    def __call__(self, scope: Scope, status: int, message: str, request_id: str | None = None) -> Response:
        """The answer."""
        ...


class Frame:
    """Gives every request an id and every answer its headers, and writes one line about it.

    A usable `X-Request-ID` that came with the request is kept, so that one id follows a request through many services.
    """

    def __init__(self, app: ASGIApp, *, strict_transport: bool, trusted_proxies: int) -> None:
        self.app = app
        self.trusted_proxies = trusted_proxies
        self.headers = dict(SECURITY_HEADERS)
        if strict_transport:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection (ASGI)."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _USABLE_ID.fullmatch(given) else uuid4().hex
        scope["gql_users.request_id"] = request_id
        scope["client"] = self._client(scope, headers)
        started, status = time.perf_counter(), UNANSWERED

        async def send_framed(message: Message) -> None:
            nonlocal status
            status = _status_after(message, status)
            if message["type"].endswith("http.response.start"):
                answered = MutableHeaders(scope=message)
                answered["X-Request-ID"] = request_id
                for name, value in self.headers.items():
                    answered.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_framed)
        finally:
            log.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope.get("method", "WEBSOCKET"),
                    "path": scope["path"],
                    "status": status,
                    "milliseconds": round((time.perf_counter() - started) * 1000, 1),
                    "client": scope["client"][0] if scope.get("client") else None,
                },
            )

    def _client(self, scope: Scope, headers: Headers) -> tuple[str, int] | None:
        """Who is behind the proxies: each of them adds, at the end, the address it was reached from.

        What stands further to the left anybody may have written. It is for the installation to see that nobody comes
        past the proxies; who does, and writes no such header, is who connects.
        """
        connected: tuple[str, int] | None = scope.get("client")
        forwarded = [each.strip() for line in headers.getlist("x-forwarded-for") for each in line.split(",")]
        if not self.trusted_proxies or len(forwarded) < self.trusted_proxies:
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


class Mask:
    """Hides surprises behind an answer that tells nothing but the request's id, under which the log tells the rest."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection (ASGI)."""
        has_begun = False

        async def send_noticed(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noticed)
        except ClientDisconnect:
            return  # nobody is there to hear
        except Exception:
            request_id = scope.get("gql_users.request_id", "")
            log.exception("unexpected failure", extra={"request_id": request_id})
            if has_begun or scope["type"] != "http":  # what has begun cannot become another answer
                raise
            answer = self.refuse(scope, 500, "Something went wrong on our side.", request_id)
            await answer(scope, receive, send)


class BodyRules:
    """Refuses bodies that are too large (413), chunked ones too, or encoded (415), before anybody reads them."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse, most_bytes: int) -> None:
        self.app = app
        self.refuse = refuse
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            answer = self.refuse(scope, 415, "Encoded request bodies are not accepted.")
            await answer(scope, receive, send)
            return
        announced = headers.get("content-length", "")
        if announced.isdigit() and (len(announced) > 18 or int(announced) > self.most_bytes):
            await self.refuse(scope, 413, self._too_large)(scope, receive, send)
            return
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.most_bytes:
                raise HTTPException(413, self._too_large)
            return message

        await self.app(scope, receive_some, send)

    @property
    def _too_large(self) -> str:
        return f"A request body has at most {self.most_bytes} bytes."
