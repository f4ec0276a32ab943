"""Subscriptions as server-sent events: the distinct connections mode of graphql-sse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import aclosing
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from gql_users.errors import Forbidden, NotFound, Refusal, Unauthenticated, Unavailable
from gql_users.graphql.answers import written
from gql_users.graphql.errors import refused
from gql_users.graphql.requests import EVENT_STREAM
from gql_users.graphql.streams import Answers

# Proxies hang up on connections that are silent, many of them after 30 or 60 seconds.
KEEP_ALIVE_S = 12.0
# Whoever takes nothing for so long is not there any more, or reads too slowly.
LONGEST_SEND_S = 10.0

_STATUS: Mapping[type[Refusal], int] = {Unauthenticated: 401, Forbidden: 403, NotFound: 404, Unavailable: 503}


async def answer(opening: Awaitable[Answers]) -> Response:
    """The stream, or why it may not be: refusals are told with a status, before anything begins."""
    try:
        return EventStream(await opening)
    except Refusal as refusal:
        headers = {}
        if isinstance(refusal, Unauthenticated):
            headers["WWW-Authenticate"] = "Bearer" + (' error="invalid_token"' if refusal.reason is not None else "")
        if isinstance(refusal, Unavailable):
            headers["Retry-After"] = str(refusal.retry_after_seconds)
        status = next((status for kind, status in _STATUS.items() if isinstance(refusal, kind)), 400)
        return JSONResponse({"errors": [refused(refusal)]}, status, headers)


def only(body: dict[str, Any]) -> Response:
    """A stream of one answer, to a query or mutation."""
    return Response(_event("next", body) + _event("complete"), media_type=EVENT_STREAM)


class EventStream(Response):
    """Answers, each sent as it comes, until there are no more or nobody listens."""

    media_type = EVENT_STREAM

    def __init__(self, answers: Answers) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream (ASGI)."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self.answers):
            ends = [asyncio.create_task(each) for each in (self._tell(send), _keep_alive(send), _hung_up(receive))]
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for end in ends:
                    end.cancel()
                ended = await asyncio.gather(*ends, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception) and not isinstance(error, TimeoutError):
                raise error

    async def _tell(self, send: Send) -> None:
        try:
            async for body in self.answers:
                await _sent(send, _event("next", body))
        except Refusal as refusal:
            await _sent(send, _event("next", {"errors": [refused(refusal)]}))
        await _sent(send, _event("complete"), more=False)


async def _keep_alive(send: Send) -> None:
    """Say at once, and now and then, that the stream is there."""
    while True:
        await _sent(send, b":\n\n")
        await asyncio.sleep(KEEP_ALIVE_S)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _sent(send: Send, content: bytes, *, more: bool = True) -> None:
    """Raises TimeoutError for somebody who reads too slowly."""
    async with asyncio.timeout(LONGEST_SEND_S):
        await send({"type": "http.response.body", "body": content, "more_body": more})


def _event(kind: str, body: dict[str, Any] | None = None) -> bytes:
    data = b" " + written(body) if body is not None else b""
    return b"event: %b\ndata:%b\n\n" % (kind.encode(), data)
