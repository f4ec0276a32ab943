"""What is said over one WebSocket by the protocol graphql-transport-ws: subscriptions, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, NoReturn, TypeAlias

from starlette.websockets import WebSocket, WebSocketDisconnect

from gql_users.errors import BadUserInput, Refusal, Unauthenticated, Unavailable
from gql_users.graphql.answers import written
from gql_users.graphql.context import Context
from gql_users.graphql.errors import refused, request_errors
from gql_users.graphql.execution.engine import RequestRefused
from gql_users.graphql.requests import Asked, BadRequest, asked_by, parsed_json
from gql_users.graphql.streams import Answers

LONGEST_SILENCE_S = 3.0
LONGEST_SEND_S = 10.0
MOST_OPERATIONS = 10

Recognise: TypeAlias = Callable[[str | None], Awaitable[Context]]
"""Who shows this `Authorization`, with all that their subscriptions can reach."""
Open: TypeAlias = Callable[[Asked, Context], Awaitable[Answers]]


class ClosedError(Exception):
    """The connection ends, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Conversation:
    """One connection, from its first message to its last. `ended` is set when the service ends."""

    def __init__(
        self, websocket: WebSocket, recognise: Recognise, open_stream: Open, ended: asyncio.Event, most_bytes: int
    ) -> None:
        self.address = websocket.client.host if websocket.client is not None else None
        self._websocket = websocket
        self._recognise = recognise
        self._open = open_stream
        self._ended = ended
        self._most_bytes = most_bytes
        self._authorization: str | None = None
        self._is_begun = False
        self.is_acknowledged = False
        """Does the service know who is there?"""
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def hold(self) -> ClosedError | None:
        """Talk until one side ends it: how to close; None when the client has gone."""
        closed = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._until_the_service_ends())
                await self._talk(group)
        except* ClosedError as several:
            closed = next(each for each in several.exceptions if isinstance(each, ClosedError))
        except* WebSocketDisconnect:
            pass
        return closed

    async def _talk(self, group: asyncio.TaskGroup) -> NoReturn:
        try:
            async with asyncio.timeout(LONGEST_SILENCE_S):
                while not self.is_acknowledged:
                    await self._answer(await self._received(), group)
        except TimeoutError:
            raise ClosedError(4408, "Connection initialisation timeout") from None
        while True:
            await self._answer(await self._received(), group)

    async def _received(self) -> object:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        text = message.get("text")
        if text is None:
            raise ClosedError(4400, "Messages are text")
        if len(text.encode()) > self._most_bytes:
            raise ClosedError(1009, "Message too big")
        try:
            return parsed_json(text)
        except BadRequest:
            raise ClosedError(4400, "Messages are JSON") from None

    async def _answer(self, message: object, group: asyncio.TaskGroup) -> None:
        match message:
            case {"type": "connection_init", **rest}:
                await self._begin(rest.get("payload"), group)
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(id), "payload": dict() as payload} if id:
                await self._subscribe(id, payload, group)
            case {"type": "complete", "id": str(id)}:
                if id in self._operations:
                    self._operations.pop(id).cancel()
            case _:
                raise ClosedError(4400, "Invalid message")

    async def _begin(self, payload: object, group: asyncio.TaskGroup) -> None:
        if self._is_begun:
            raise ClosedError(4429, "Too many initialisation requests")
        self._is_begun = True
        shown = payload if isinstance(payload, dict) else {}
        authorization = shown.get("authorization", shown.get("Authorization"))
        if not isinstance(payload, dict | None) or not isinstance(authorization, str | None):
            raise ClosedError(4400, "Invalid message")
        self._authorization = authorization
        group.create_task(self._until_the_session_ends(await self._context()))
        self.is_acknowledged = True
        await self._send({"type": "connection_ack"})

    async def _context(self) -> Context:
        """Who is there, as the database says at this moment, and what they can reach. Strangers are sent away."""
        try:
            context = await self._recognise(self._authorization)
        except Unavailable:
            raise ClosedError(1013, "Try again later") from None
        if context.actor.is_anonymous:
            raise ClosedError(4403, "Forbidden")
        return context

    async def _subscribe(self, id: str, payload: dict[str, Any], group: asyncio.TaskGroup) -> None:
        try:
            asked = asked_by(payload)
        except BadRequest as error:
            raise ClosedError(4400, error.message) from None
        if not self.is_acknowledged:
            raise ClosedError(4401, "Unauthorized")
        if id in self._operations:
            raise ClosedError(4409, "Subscriber already exists")
        if len(self._operations) >= MOST_OPERATIONS:
            too_many = BadUserInput(f"A connection carries at most {MOST_OPERATIONS} subscriptions.")
            await self._send({"id": id, "type": "error", "payload": [refused(too_many)]})
            return
        self._operations[id] = group.create_task(self._follow(id, asked))

    async def _follow(self, id: str, asked: Asked) -> None:
        """Send the answers to one subscription, and how it ended."""
        last: dict[str, Any] = {"type": "complete"}
        try:
            context = await self._context()
            async with aclosing(await self._open(asked, context)) as answers:
                async for body in answers:
                    await self._send({"id": id, "type": "next", "payload": body})
        except RequestRefused as error:
            last = {"type": "error", "payload": request_errors(error, context.request_id)}
        except BadRequest as error:
            last = {"type": "error", "payload": [refused(BadUserInput(error.message))]}
        except Unauthenticated:
            raise ClosedError(4403, "Forbidden") from None
        except Unavailable:
            # Clients of this protocol come again by themselves after these two codes, and subscribe anew.
            raise self._going_away() if self._ended.is_set() else ClosedError(1013, "Try again later") from None
        except Refusal as refusal:
            last = {"type": "error", "payload": [refused(refusal)]}
        # From its last message on, the id is free.
        del self._operations[id]
        await self._send({"id": id, **last})

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(LONGEST_SEND_S):
                await self._websocket.send_text(written(message).decode())
        except TimeoutError:
            raise ClosedError(1013, "You read too slowly") from None

    async def _until_the_service_ends(self) -> NoReturn:
        await self._ended.wait()
        raise self._going_away()

    async def _until_the_session_ends(self, context: Context) -> None:
        """A connection is judged like a stream that nothing is told on: it ends with the session, or with the token."""
        changes = context.services.changes
        try:
            following = await changes.follow(context.actor, context.actor.user_id, kinds=())
        except Refusal:
            raise ClosedError(1013, "Try again later") from None
        try:
            await anext(following)
        except Unauthenticated:
            raise ClosedError(4403, "Forbidden") from None
        except Refusal:
            raise self._going_away() if self._ended.is_set() else ClosedError(1013, "Try again later") from None
        finally:
            changes.leave(following)

    def _going_away(self) -> ClosedError:
        return ClosedError(1001, "Going away")
