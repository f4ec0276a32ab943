"""ASGI by hand: each operation is a function from its variables to its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from benchmarks.peers.limit.reading import Lookups, SharedLookups, find_users, service_info
from benchmarks.peers.limit.statements import database
from benchmarks.peers.limit.writing import patch_user, refresh

Variables = Mapping[str, Any]
Handler = Callable[[Variables, str | None], Awaitable[Any]]


class App:
    """The application (ASGI)."""

    def __init__(self, lookups: Lookups) -> None:
        self._handlers: dict[str, Handler] = {
            "ServiceInfo": service_info,
            "User": lookups.find_user,
            "Users": find_users,
            "PatchUser": patch_user,
            "Refresh": refresh,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one connection (ASGI)."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message["more_body"]:
                break
        bearer = next((value.decode() for name, value in scope["headers"] if name == b"authorization"), None)
        request = orjson.loads(body)
        data = await self._handlers[request["operationName"]](request["variables"], bearer)
        answer = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


async def _live(receive: Any, send: Any) -> None:
    """Connect when the server starts, and say goodbye when it ends."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await database.connect()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


app = App(Lookups())
sharing = App(SharedLookups())
