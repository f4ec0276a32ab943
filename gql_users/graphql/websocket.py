"""Subscriptions over a WebSocket, by the protocol graphql-transport-ws: who may connect, and how it ends."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from gql_users.graphql.context import Context
from gql_users.graphql.conversation import LONGEST_SEND_S, ClosedError, Conversation, Open
from gql_users.services import Services
from gql_users.settings import Settings
from gql_users.web.requests import actor_showing, client_of, request_id_of

PROTOCOL = "graphql-transport-ws"

# What one process has room for; each takes some ten kilobytes.
MOST_CONNECTIONS = 1_000


class WebSockets:
    """The WebSockets of one installation."""

    def __init__(self, open_stream: Open, services: Services, settings: Settings) -> None:
        self.open_stream = open_stream
        self.services = services
        self.settings = settings
        self.connections = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        websocket = WebSocket(scope, receive, send)
        if not self._is_from_us(websocket):
            await websocket.close()  # before it is accepted, that is an answer with status 403
            return
        offered = PROTOCOL in scope["subprotocols"]
        await websocket.accept(PROTOCOL if offered else None)
        self.connections += 1
        try:
            await self._serve(websocket, is_offered=offered)
        finally:
            self.connections -= 1

    def _is_from_us(self, websocket: WebSocket) -> bool:
        """Does the page that connects belong to us? Browsers say where it is from, and nothing else has to."""
        origin = websocket.headers.get("origin")
        public = urlsplit(self.settings.public_url)
        ours = {f"{public.scheme}://{public.netloc}", *self.settings.cors_origins}
        return origin is None or origin in ours or origin.partition("://")[2] == websocket.headers.get("host")

    async def _serve(self, websocket: WebSocket, *, is_offered: bool) -> None:
        closed: ClosedError | None = ClosedError(4406, "Subprotocol not acceptable")
        if self.connections > MOST_CONNECTIONS:
            closed = ClosedError(1013, "Try again later")
        elif is_offered:
            closed = await self._conversation(websocket).hold()
        if closed is None:
            return
        # Nobody waits for somebody who does not read.
        with suppress(WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(LONGEST_SEND_S):
                await websocket.close(closed.code, closed.reason)

    def _conversation(self, websocket: WebSocket) -> Conversation:
        return Conversation(
            websocket,
            partial(self._recognise, websocket),
            self.open_stream,
            self.services.changes.ended,
            self.settings.max_body_bytes,
        )

    async def _recognise(self, websocket: WebSocket, authorization: str | None) -> Context:
        recognise = partial(actor_showing, authorization, client_of(websocket), self.services)
        return Context(
            actor=await recognise(),
            recognise=recognise,
            request_id=request_id_of(websocket),
            services=self.services,
            settings=self.settings,
            ends_at=math.inf,
        )
