"""Facts about how answers are written: an ordinary one at once, and every other as uvicorn does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.serving import serving

Ask = Callable[[bytes], Awaitable[list[bytes]]]

HELLO = PlainTextResponse("hello")
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


@asynccontextmanager
async def asking(app: ASGIApp) -> AsyncIterator[Ask]:
    """Sends bytes to a server of the application, and gives what comes back, packet by packet."""
    async with serving(Starlette(routes=[Mount("/", app)])) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))

        async def ask(request: bytes) -> list[bytes]:
            writer.write(request)
            packets = []
            async with asyncio.timeout(30):
                while packet := await reader.read(65_536):
                    packets.append(packet)
                    if _is_whole(b"".join(packets), request):
                        break
            return packets

        yield ask
        writer.close()
        await writer.wait_closed()


def _is_whole(answer: bytes, request: bytes) -> bool:
    *before, last = answer.split(b"HTTP/1.1 ")[1:] or [b""]
    head, ended, body = last.partition(b"\r\n\r\n")
    if not ended or len(before) + 1 < request.count(b"HTTP/1.1\r\n"):
        return False
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = next((int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"content-length: ")), 0)
    return request.startswith(b"HEAD") or len(body) >= length


async def pieces() -> AsyncIterator[bytes]:
    """A body that comes in parts."""
    for piece in (b"one", b"two"):
        yield piece


async def test_an_ordinary_answer_comes_in_one_packet_head_and_body() -> None:
    async with asking(HELLO) as ask:
        (packet,) = await ask(GET)
        (again,) = await ask(GET)

    assert packet.startswith(b"HTTP/1.1 200 OK\r\n")
    assert packet.endswith(b"\r\n\r\nhello")
    assert again.endswith(b"\r\n\r\nhello")


async def test_an_answer_to_head_has_the_length_and_no_body() -> None:
    async with asking(HELLO) as ask:
        answer = b"".join(await ask(b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n"))

    assert b"content-length: 5\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


async def test_an_answer_of_unknown_length_comes_in_chunks() -> None:
    async with asking(StreamingResponse(pieces())) as ask:
        answer = b"".join(await ask(GET))

    assert b"transfer-encoding: chunked\r\n" in answer
    assert answer.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


async def test_who_wants_the_connection_closed_is_told_so_and_it_is() -> None:
    async with asking(HELLO) as ask:
        answer = b"".join(await ask(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"))
        nothing = await ask(b"")

    assert b"connection: close\r\n" in answer.lower()
    assert (answer.endswith(b"hello"), nothing) == (True, [])


async def test_requests_sent_at_once_are_answered_one_after_the_other() -> None:
    async with asking(HELLO) as ask:
        answers = b"".join(await ask(GET * 3))

    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 3
    assert answers.count(b"\r\n\r\nhello") == 3


@pytest.mark.parametrize(
    "headers",
    [{"x-evil": "one\r\nset-cookie: two"}, {"x evil": "one"}, {"x-evil": "\x00"}],
    ids=["value", "name", "nul"],
)
async def test_a_header_that_is_none_never_reaches_a_client(headers: dict[str, str]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raw: Any = [(name.encode(), value.encode()) for name, value in {**headers, "content-length": "2"}.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": b"ok"})

    async with asking(app) as ask:
        answer = b"".join(await ask(GET))

    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"evil" not in answer


async def test_a_body_longer_than_its_announced_length_is_not_sent() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"another"})

    async with asking(app) as ask:
        answer = b"".join(await ask(GET))

    assert b"another" not in answer


async def test_an_application_that_breaks_after_the_head_answers_500() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        raise RuntimeError

    async with asking(app) as ask:
        answer = b"".join(await ask(GET))

    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")


async def test_an_answer_without_a_body_is_whole() -> None:
    async with asking(Response(status_code=204)) as ask:
        answer = b"".join(await ask(GET))

    assert answer.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert answer.endswith(b"\r\n\r\n")
