"""Facts about the lane: it answers what the usual way answers, to the byte, and leaves to that what is not ordinary."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from gql_users import Settings, create_app
from gql_users.web.frame import Framing
from gql_users.web.lane import LONGEST_HEAD, MOST_HEADS, Head, Lane
from gql_users.web.whole import Whole
from tests.conftest import MakeSettings
from tests.door import Person
from tests.serving import serving

VERSION = "{ serviceInfo { version } }"
RENAMING = 'mutation { patchUser(input: {id: "none", name: "Nobody"}) { errors { code message path } } }'
ORIGIN = "https://shop.example.com"


def request(content: bytes, method: bytes = b"POST", target: bytes = b"/graphql", **headers: str) -> bytes:
    """A request as it is sent: JSON, unless told otherwise."""
    given = {"Host": "here", "Content-Type": "application/json", "X-Request-ID": "a-request-of-ours"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    given.setdefault("Content-Length", str(len(content)))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method, target, head.encode(), content)


def asking(document: str, **more: Any) -> bytes:
    return json.dumps({"query": document, **more}).encode()


@dataclass
class Server:
    """A server, and how many requests went through the lane."""

    port: int
    taken: list[bytes] = field(default_factory=list)

    async def say(self, *pieces: bytes, expecting: int = 1) -> bytes:
        """What comes back when these bytes are sent, piece by piece: so many answers, or all until it hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answered = b""
        async with asyncio.timeout(30):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            for _ in range(expecting):
                answered += await _answer(reader)
        writer.close()
        await writer.wait_closed()
        return answered


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        return await _answer(reader)
    said = head.lower()
    if b"transfer-encoding: chunked" in said or b"content-length: " not in said:
        return head + await reader.readuntil(b"0\r\n\r\n")
    return head + await reader.readexactly(int(said.partition(b"content-length: ")[2].partition(b"\r\n")[0]))


@asynccontextmanager
async def server(app: ASGIApp) -> AsyncIterator[Server]:
    async with serving(app) as url:
        served, lane = Server(int(url.rpartition(":")[2])), getattr(getattr(app, "state", None), "lane", None)
        if lane is not None:
            answered = lane.answer

            async def noted(head: Any, content: bytes, client: Any, started: float) -> Any:
                served.taken.append(content)
                return await answered(head, content, client, started)

            lane.answer = noted
        yield served


def usually(app: FastAPI) -> ASGIApp:
    """The same application, wrapped: a server does not see the lane."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return wrapped


def comparable(answer: bytes) -> tuple[bytes, frozenset[bytes], bytes]:
    """Status, headers in any order, body. The date may have moved on."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    return status, frozenset(line for line in lines if not line.startswith(b"date: ")), body


IN_THE_LANE = {
    "a question": request(asking(VERSION)),
    "a deed": request(asking(RENAMING)),
    "a question of somebody whose token is no good": request(asking("{ me { id } }"), Authorization="Bearer no.ne.at"),
    "the newer type": request(asking(VERSION), Accept="application/graphql-response+json"),
    "a type that is not offered": request(asking(VERSION), Accept="text/plain"),
    "a type of bodies that is not read": request(b"query={ping}", Content_Type="application/x-www-form-urlencoded"),
    "what is no JSON": request(b"{"),
    "what is no UTF-8": request(b'{"query": "\xff"}'),
    "half of a surrogate pair": request(b'{"query": "{ user(by: {email: \\"\\ud800\\"}) { id } }"}'),
    "what is no document": request(asking("{")),
    "what the schema does not know": request(asking("{ none }")),
    "variables of the wrong type": request(asking("query ($id: ID!) { node(id: $id) { id } }", variables={"id": {}})),
    "nothing": request(b""),
    "a cost": request(asking(VERSION, extensions={"cost": True})),
    "a subscription": request(asking("subscription { userChanged { kind } }")),
    "a long id": request(asking(VERSION), X_Request_ID="x" * 500),
    "an origin, where none are listed": request(asking(VERSION), Origin=ORIGIN),
}

NOT_IN_THE_LANE = {
    "GET": request(b"", b"GET", b"/graphql?query=%7BserviceInfo%7Bversion%7D%7D"),
    "another method": request(asking(VERSION), b"PUT"),
    "a query in the address": request(asking(VERSION), target=b"/graphql?a=b"),
    "another path": request(asking(VERSION), target=b"/graphql/"),
    "a body that is too large": request(asking(VERSION), Content_Length="65537"),
    "a length that is none": request(b"", Content_Length="99999999999999999999"),
    "an encoded body": request(asking(VERSION), Content_Encoding="gzip"),
    "a body in chunks": request(b"2\r\n{}\r\n0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked"),
    "who waits to be told to go on": request(asking(VERSION), Expect="100-continue"),
    "who wants the connection closed": request(asking(VERSION), Connection="close"),
    "who takes streams": request(asking(VERSION), Accept="text/event-stream"),
    "two of a header": request(asking(VERSION)).replace(b"Host", b"Accept: text/plain\r\nAccept: */*\r\nHost", 1),
}


async def both_ways(app: FastAPI, said: bytes) -> tuple[bytes, bytes, int]:
    """What is answered in the lane, if it takes the request, and the usual way; and how many the lane took."""
    async with server(app) as own:
        answered = await own.say(said)
    async with server(usually(app)) as usual:
        return answered, await usual.say(said), len(own.taken)


@pytest.fixture
def database_kind() -> str:
    """What is not the database's business is asked once."""
    return "sqlite"


@pytest.mark.parametrize("said", IN_THE_LANE.values(), ids=IN_THE_LANE)
async def test_in_the_lane_the_answer_is_the_usual_one(app: FastAPI, said: bytes) -> None:
    answered, usual, taken = await both_ways(app, said)

    assert taken == 1
    if b"x" * 500 in said:  # each of them got an id
        answered, usual = (
            b"\r\n".join(each for each in one.split(b"\r\n") if b"x-re" not in each) for one in (answered, usual)
        )
    assert comparable(answered) == comparable(usual)


@pytest.mark.parametrize("said", NOT_IN_THE_LANE.values(), ids=NOT_IN_THE_LANE)
async def test_what_is_not_ordinary_goes_the_usual_way(app: FastAPI, said: bytes) -> None:
    answered, usual, taken = await both_ways(app, said)

    assert taken == 0
    assert comparable(answered) == comparable(usual)


async def test_each_request_in_the_lane_has_its_line_and_its_id(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gql_users.requests"):
        answered, usual, _ = await both_ways(app, request(asking(VERSION)))

    in_lane, usually_told = (vars(record) for record in caplog.records if record.name == "gql_users.requests")
    assert b"x-request-id: a-request-of-ours\r\n" in answered
    assert b"x-request-id: a-request-of-ours\r\n" in usual
    for name in ("request_id", "method", "path", "status", "client", "levelname", "message"):
        assert in_lane.get(name) == usually_told.get(name)


async def test_names_that_the_service_does_not_answer_to_are_refused_as_usual(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(trusted_hosts="users.example.com,*.example.org"))

    for host, goes_in_lane in {"users.example.com:8000": 1, "a.example.org": 0, "evil.example": 0}.items():
        answered, usual, taken = await both_ways(app, request(asking(VERSION), Host=host))
        assert (host, taken) == (host, goes_in_lane)
        assert comparable(answered) == comparable(usual)


async def test_where_origins_are_listed_they_are_told_as_usual(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(cors_origins=ORIGIN))

    answered, usual, taken = await both_ways(app, request(asking(VERSION), Origin=ORIGIN))
    _, _, without = await both_ways(app, request(asking(VERSION)))

    assert (taken, without) == (0, 1)
    assert f"access-control-allow-origin: {ORIGIN}\r\n".encode() in answered
    assert comparable(answered) == comparable(usual)


async def test_behind_a_proxy_the_client_is_whom_the_proxy_names(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(make_settings(trusted_proxies=1))

    with caplog.at_level(logging.INFO, "gql_users.requests"):
        _, _, taken = await both_ways(app, request(asking(VERSION), X_Forwarded_For="192.0.2.1, 203.0.113.7:4321"))

    told: list[Any] = [record for record in caplog.records if record.name == "gql_users.requests"]
    assert (taken, [each.client for each in told]) == (1, ["203.0.113.7"] * 2)


async def test_requests_that_are_sent_at_once_are_answered_in_their_order(app: FastAPI) -> None:
    said = b"".join(
        request(content, method, target)
        for content, method, target in (
            (asking(VERSION), b"POST", b"/graphql"),
            (asking(RENAMING), b"POST", b"/graphql"),
            (b"", b"GET", b"/health"),
            (asking("{ none }"), b"POST", b"/graphql"),
        )
    )

    async with server(app) as own:
        answered = await own.say(said, expecting=4)

    order = [answered.index(part) for part in (b'"serviceInfo"', b'"patchUser"', b'"status":"ok"', b"Cannot query")]
    assert order == sorted(order)


async def test_a_request_that_comes_in_pieces_is_one(app: FastAPI) -> None:
    said = request(asking(VERSION))

    async with server(app) as own:
        answered = await own.say(said[:30], said[30:-20], said[-20:-5], said[-5:])

    assert (answered[:15], len(own.taken)) == (b"HTTP/1.1 200 OK", 1)


async def test_who_hangs_up_harms_nobody(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    async with server(app) as own:
        _, writer = await asyncio.open_connection("127.0.0.1", own.port)
        writer.write(request(asking(VERSION)))
        writer.transport.abort()
        answered = await own.say(request(asking(VERSION)))

    assert answered.startswith(b"HTTP/1.1 200 OK")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def with_a_lane(door: Callable[[Scope, bytes], Awaitable[Whole]]) -> FastAPI:
    """An application whose lane leads to this door."""
    app = create_app(Settings(secret="a secret that is long enough for tests", worker=False, _env_file=None))
    app.state.lane = Lane(
        Framing(strict_transport=False, trusted_proxies=0),
        door,
        path="/graphql",
        refuse=lambda _scope, status, message, request_id=None: _refused(status, message, request_id),
        most_bytes=1_000,
        stream="text/event-stream",
        hosts=("*",),
        reads_origins=False,
    )
    return app


def _refused(status: int, message: str, request_id: str | None) -> Any:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(f"{message} {request_id}", status)


async def test_a_surprise_in_the_lane_is_masked_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def door(_scope: Scope, _content: bytes) -> Whole:
        raise RuntimeError("the password is swordfish")

    async with server(with_a_lane(door)) as own:
        answered = await own.say(request(b"{}"))

    (told,) = (record for record in caplog.records if record.message == "unexpected failure")
    assert answered.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert answered.endswith(b"Something went wrong on our side. a-request-of-ours")
    assert vars(told)["request_id"] == "a-request-of-ours"


async def test_a_server_that_is_asked_to_end_gives_the_answer_it_owes_and_hangs_up() -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def door(_scope: Scope, _content: bytes) -> Whole:
        asked.set()
        await may_answer.wait()
        return Whole(200, ((b"content-type", b"text/plain"),), b"late")

    async with asyncio.timeout(30):
        async with server(with_a_lane(door)) as own:
            reader, writer = await asyncio.open_connection("127.0.0.1", own.port)
            writer.write(request(b"{}"))
            await asked.wait()
            asyncio.get_running_loop().call_later(0.05, may_answer.set)
        answered = await reader.read()
        writer.close()

    assert b"connection: close\r\n" in answered
    assert answered.endswith(b"late")


async def test_who_is_known_in_the_lane_is_known_by_their_token(app: FastAPI, a_member: Person) -> None:
    said = request(asking("{ me { email } }"), Authorization=f"Bearer {a_member.access_token}")

    answered, usual, taken = await both_ways(app, said)

    assert (taken, b"member@example.com" in answered) == (1, True)
    assert comparable(answered) == comparable(usual)


async def in_turn(own: Server, *said: tuple[bytes, ...]) -> list[bytes]:
    """What is answered to requests, each in pieces, over one connection, each sent when the one before is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", own.port)
    answers = []
    async with asyncio.timeout(30):
        for pieces in said:
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0.01)
            answers.append(await _answer(reader))
    writer.close()
    await writer.wait_closed()
    return answers


async def test_a_head_that_is_known_is_answered_as_when_it_was_new(app: FastAPI) -> None:
    one, other = request(asking(VERSION)), request(asking("{ none }"))
    in_pieces = (one[:-9], one[-9:])

    async with server(app) as own:
        answers = await in_turn(own, (one,), (one,), (other,), in_pieces, (one,), (other,))

    bodies = [comparable(answer)[2] for answer in answers]
    assert len(own.taken) == 6
    assert [bodies[0] == body for body in bodies] == [True, True, False, True, True, False]
    assert bodies[2] == bodies[5]


async def test_what_follows_a_known_head_is_read_as_before(app: FastAPI) -> None:
    one, usual = request(asking(VERSION)), request(asking(VERSION), target=b"/graphql?a=b")

    async with server(app) as own:
        answers = await in_turn(own, (one,), (one,), (usual,), (one,))
        together = await own.say(one * 3, expecting=3)

    assert {comparable(answer)[2] for answer in answers} == {comparable(answers[0])[2]}
    assert together.count(b"HTTP/1.1 200 OK") == 3
    assert len(own.taken) == 6 - 2  # of those that come together, the second and third wait the usual way


async def test_a_head_that_lies_about_its_content_is_not_believed(app: FastAPI) -> None:
    whole = request(asking(VERSION))
    short, long = whole[:-3], whole + b"GARBAGE\r\n\r\n"

    async with server(app) as own:
        await in_turn(own, (whole,), (whole,))
        reader, writer = await asyncio.open_connection("127.0.0.1", own.port)
        writer.write(short)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reader.read(1)
        writer.close()
        answered = await own.say(long)

    assert answered.startswith(b"HTTP/1.1 400 Bad Request")


async def test_heads_are_remembered_within_bounds(app: FastAPI) -> None:
    said = [(request(asking(VERSION), X_Request_ID=f"request-{number}"),) for number in range(MOST_HEADS + 5)]

    async with server(app) as own:
        reader, writer = await asyncio.open_connection("127.0.0.1", own.port)
        for (each,) in said:
            writer.write(each)
            await _answer(reader)
        writer.write(request(asking(VERSION), User_Agent="long " * LONGEST_HEAD))
        await _answer(reader)
        writer.close()
        await writer.wait_closed()

    assert len(app.state.lane.heads) == MOST_HEADS
    assert max(map(len, app.state.lane.heads)) <= LONGEST_HEAD


async def test_a_connection_is_kept_while_it_is_used_and_closed_when_it_is_not(app: FastAPI) -> None:
    said = request(asking(VERSION))

    async with serving(app, timeout_keep_alive=1) as url, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        for each in (said, said, request(b"", b"GET", b"/health"), said):
            writer.write(each)
            assert (await _answer(reader)).startswith(b"HTTP/1.1 200 OK")
            await asyncio.sleep(0.4)
        assert await reader.read() == b""  # it hangs up by itself
        writer.close()


async def test_a_large_body_that_is_allowed_is_read_to_its_end(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(max_body_bytes=1_000_000))
    said = request(asking(VERSION, extensions={"padding": "x" * 300_000}))
    pieces = [said[at : at + 50_000] for at in range(0, len(said), 50_000)]

    async with server(app) as own:
        answered = await own.say(*pieces)
    async with server(usually(app)) as usual:
        expected = await usual.say(*pieces)

    assert len(own.taken) == 1
    assert comparable(answered) == comparable(expected)


async def test_what_begins_another_protocol_is_never_taken_for_a_known_head(app: FastAPI) -> None:
    upgrade = (
        b"GET /elsewhere HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )

    async with server(app) as own:
        first, second = await in_turn(own, (request(b""),), (upgrade,))
        third = await own.say(upgrade)

    assert first.startswith(b"HTTP/1.1 400 ")
    assert upgrade not in app.state.lane.heads
    assert comparable(second)[0] == comparable(third)[0] == b"HTTP/1.1 403 Forbidden"


async def test_a_request_that_is_given_up_in_its_middle_has_its_line(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "gql_users.requests"):
        async with server(app) as own:
            _, writer = await asyncio.open_connection("127.0.0.1", own.port)
            writer.write(request(asking(VERSION))[:-5])
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.close()
            await writer.wait_closed()
            await own.say(request(asking(VERSION)))

    told: list[Any] = [record for record in caplog.records if record.name == "gql_users.requests"]
    assert sorted(each.status for each in told) == [200, 499]


async def test_what_is_remembered_of_headers_is_short(app: FastAPI) -> None:
    long = "x" * 30_000
    said = request(
        asking(VERSION), User_Agent=long, Accept_Language=long, Authorization=f"Bearer {long}", Accept=f"*/*, a/{long}"
    )

    async with server(app) as own:
        answered = await own.say(said)
        gc.collect()
        kept = [each for each in gc.get_objects() if isinstance(each, tuple) and any(_is_long(part) for part in each)]

    assert answered.startswith(b"HTTP/1.1 200 OK")
    assert not kept


def _is_long(part: object) -> bool:
    return isinstance(part, (bytes, str)) and len(part) >= 30_000


def test_a_head_shows_no_token() -> None:
    head = Head([(b"authorization", b"Bearer secret")], {b"authorization": b"Bearer secret"}, 0)

    assert "secret" not in f"{head!r} {head}"
