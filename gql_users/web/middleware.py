"""What happens between the frame and the doors: a mask for surprises, limits on bodies, and the shortest way in."""

from __future__ import annotations

import logging
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gql_users.logs import REQUESTS
from gql_users.web.headers import headers_of

log = logging.getLogger(REQUESTS)


class Refuse(Protocol):
    """How the part of the service that was asked refuses a request: a status, a message, and the request's id."""

    def __call__(self, scope: Scope, status: int, message: str, request_id: str | None = None) -> Response:
        """The answer."""
        ...


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
        except Exception as error:
            answer = surprise(error, scope, self.refuse)
            if has_begun or scope["type"] != "http":  # what has begun cannot become another answer
                raise
            await answer(scope, receive, send)


def surprise(error: Exception, scope: Scope, refuse: Refuse) -> Response:
    """The answer in place of an exception that nobody expected, of which the log tells the rest."""
    request_id = scope.get("gql_users.request_id", "")
    log.error("unexpected failure", exc_info=error, extra={"request_id": request_id})
    return refuse(scope, 500, "Something went wrong on our side.", request_id)


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
        headers = headers_of(scope)
        if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            answer = self.refuse(scope, 415, "Encoded request bodies are not accepted.")
            await answer(scope, receive, send)
            return
        announced = headers.get(b"content-length", b"")
        is_announced = announced.isdigit() and b"transfer-encoding" not in headers
        if announced.isdigit() and (len(announced) > 18 or int(announced) > self.most_bytes):
            await self.refuse(scope, 413, self._too_large)(scope, receive, send)
            return
        # No server hands on more than was announced.
        await self.app(scope, receive if is_announced else self._counting(receive), send)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.most_bytes:
                raise HTTPException(413, self._too_large)
            return message

        return receive_some

    @property
    def _too_large(self) -> str:
        return f"A request body has at most {self.most_bytes} bytes."


class Shortcut:
    """Leads requests for one path straight to its door, past the search for a route: nearly all are for it."""

    def __init__(self, app: ASGIApp, *, path: str, door: ASGIApp) -> None:
        self.app = app
        self.path = path
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection (ASGI)."""
        is_for_door = scope.get("path", "").removeprefix(scope.get("root_path", "")) == self.path
        await (self.door if is_for_door else self.app)(scope, receive, send)
