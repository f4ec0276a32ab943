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

# What one process has room for; each takes some ten kilobytes. And how many of one address may be there that have not
# said yet who they are; one account has as many as it has streams.
MOST_CONNECTIONS = 1_000
MOST_STRANGERS = 20


class WebSockets:
    """The WebSockets of one installation."""

    def __init__(self, open_stream: Open, services: Services, settings: Settings) -> None:
        self.open_stream = open_stream
        self.services = services
        self.settings = settings
        self._conversations: set[Conversation] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        websocket = WebSocket(scope, receive, send)
        if not self._is_from_us(websocket):
            await websocket.close()  # before it is accepted, that is an answer with status 403
            return
        offered = PROTOCOL in scope["subprotocols"]
        await websocket.accept(PROTOCOL if offered else None)
        closed = await self._served(websocket) if offered else ClosedError(4406, "Subprotocol not acceptable")
        if closed is None:
            return
        # Nobody waits for somebody who does not read.
        with suppress(WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(LONGEST_SEND_S):
                await websocket.close(closed.code, closed.reason)

    def _is_from_us(self, websocket: WebSocket) -> bool:
        """Does the page that connects belong to us? Browsers say where it is from, and nothing else has to."""
        origin, host = websocket.headers.get("origin"), websocket.headers.get("host")
        public = urlsplit(self.settings.public_url)
        ours = {f"{public.scheme}://{public.netloc}", *self.settings.cors_origins}
        if host != public.netloc:  # reached by another name, such as an address of its own
            ours.add(f"{'https' if websocket.url.scheme == 'wss' else 'http'}://{host}")
        return origin is None or origin in ours

    async def _served(self, websocket: WebSocket) -> ClosedError | None:
        """How the connection is to be closed; None when the client has gone."""
        address = websocket.client.host if websocket.client is not None else None
        strangers = sum(each.address == address and not each.is_acknowledged for each in self._conversations)
        if len(self._conversations) >= MOST_CONNECTIONS or strangers >= MOST_STRANGERS:
            return ClosedError(1013, "Try again later")
        conversation = self._conversation(websocket)
        self._conversations.add(conversation)
        try:
            return await conversation.hold()
        finally:
            self._conversations.discard(conversation)

    def _conversation(self, websocket: WebSocket) -> Conversation:
        return Conversation(
            websocket,
            partial(self._recognise, websocket),
            self.open_stream,
            self.services.changes.ended,
            self.settings.max_body_bytes,
        )

    async def _recognise(self, websocket: WebSocket, authorization: str | None) -> Context:
        recognise = partial(actor_showing, authorization, client_of(websocket.scope), self.services)
        return Context(
            actor=await recognise(),
            recognise=recognise,
            request_id=request_id_of(websocket.scope),
            services=self.services,
            settings=self.settings,
            ends_at=math.inf,
        )
