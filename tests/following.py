"""How tests follow changes: over a WebSocket, and as server-sent events."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from gql_users.services import Services
from tests.door import Door, Person

PROTOCOL = "graphql-transport-ws"
CHANGES = "subscription { userChanged { kind userId user { email name } } }"
PATIENCE_S = 30

# Each change takes some hundred kilobytes, so that few of them fill what lies between a service and a client.
_NAMES = " ".join(f"n{number}: name" for number in range(16))
WORDY = "subscription {{ userChanged {{ {} }} }}".format(" ".join(f"a{n}: user {{ {_NAMES} }}" for n in range(28)))


@dataclass(frozen=True)
class Socket:
    """One WebSocket, as a client of graphql-transport-ws has it."""

    connection: ClientConnection

    async def say(self, message: object) -> None:
        """Send a message; text as it is."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> Any:
        """The next message."""
        async with asyncio.timeout(PATIENCE_S):
            return json.loads(await self.connection.recv())

    async def closed(self) -> int:
        """The code that the service closes with. Nothing else comes before."""
        with pytest.raises(ConnectionClosed) as closed:
            await self.hear()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    async def begin(self, token: str | None) -> Any:
        """Say who is there, and what the service says to it."""
        payload = {"authorization": f"Bearer {token}"} if token is not None else {}
        await self.say({"type": "connection_init", "payload": payload})
        return await self.hear()

    async def subscribe(self, id: str = "1", query: str = CHANGES, **more: Any) -> None:
        """Ask for a stream. Nothing is said until something happens."""
        await self.say({"type": "subscribe", "id": id, "payload": {"query": query, **more}})


@asynccontextmanager
async def a_socket(door: Door, *, protocol: str | None = PROTOCOL, origin: str | None = None) -> AsyncIterator[Socket]:
    """A WebSocket to the service, until the block ends."""
    base = door.http.base_url
    url = str(base.copy_with(scheme=base.scheme.replace("http", "ws"), path="/graphql"))
    offered = [Subprotocol(protocol)] if protocol is not None else None
    from_where = Origin(origin) if origin is not None else None
    async with connect(url, subprotocols=offered, origin=from_where, proxy=None) as connection:
        yield Socket(connection)


@asynccontextmanager
async def following(door: Door, services: Services, query: str = CHANGES) -> AsyncIterator[Socket]:
    """A WebSocket of this caller's over which a stream has begun, with the id 1."""
    async with a_socket(door) as socket:
        assert await socket.begin(door.token) == {"type": "connection_ack"}
        before = services.changes.followers
        await socket.subscribe(query=query)
        await until_followed(services, before + 1)
        yield socket


async def until_followed(services: Services, by: int) -> None:
    """Wait until there are so many streams."""
    async with asyncio.timeout(PATIENCE_S):
        while services.changes.followers != by:  # noqa: ASYNC110 - streams begin and end without a word to us
            await asyncio.sleep(0.01)


def a_narrow_socket(door: Door) -> socket.socket:
    """A connection to the service that has room for little that nobody reads."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.connect((door.http.base_url.host, door.http.base_url.port))
    narrow.setblocking(False)
    return narrow


async def until_let_go(services: Services, door: Door, person: Person) -> None:
    """Change somebody again and again, until nobody follows any more."""
    for number in range(500):
        if services.changes.followers == 0:
            return
        await door.as_(person).done("patchUser", {"id": person.id, "name": f"{number} " + "x" * 190})
    raise AssertionError("nobody was let go")


@dataclass(frozen=True)
class Stream:
    """Server-sent events, as they come."""

    response: httpx.Response
    lines: AsyncIterator[str]

    async def event(self) -> tuple[str, Any]:
        """The next event: its name and its data."""
        name = None
        async with asyncio.timeout(PATIENCE_S):
            async for line in self.lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif name is not None and line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
                    return name, json.loads(data) if data else None
        return "hung up", None

    async def change(self) -> Any:
        """The next change."""
        name, body = await self.event()
        assert name == "next", (name, body)
        assert "errors" not in body, body
        return body["data"]["userChanged"]

    async def end(self) -> Any:
        """Why it ends: the extensions of its only error."""
        name, body = await self.event()
        assert (name, list(body)) == ("next", ["errors"]), (name, body)
        assert await self.event() == ("complete", None)
        assert await self.event() == ("hung up", None)
        (error,) = body["errors"]
        return error["extensions"]


@asynccontextmanager
async def a_stream(door: Door, query: str = CHANGES, **variables: Any) -> AsyncIterator[Stream]:
    """A stream for this caller that has begun, until the block ends."""
    body, headers = {"query": query, "variables": variables}, {**door.headers, "Accept": "text/event-stream"}
    async with door.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        lines = response.aiter_lines()
        assert await anext(lines) == ":"
        yield Stream(response, lines)


async def not_streamed(door: Door, query: str = CHANGES, **variables: Any) -> tuple[int, Any]:
    """The status and the only error of an answer that is no stream."""
    body, headers = {"query": query, "variables": variables}, {**door.headers, "Accept": "text/event-stream"}
    answer = await door.http.post("/graphql", json=body, headers=headers)
    (error,) = answer.json()["errors"]
    return answer.status_code, error
