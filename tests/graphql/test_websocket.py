"""Facts about the WebSocket: the protocol graphql-transport-ws, each way to break it, and how it ends."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from gql_users import Settings
from gql_users.graphql import conversation, websocket
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.following import (
    CHANGES,
    PATIENCE_S,
    WORDY,
    a_narrow_socket,
    a_socket,
    following,
    until_followed,
    until_let_go,
)

# The conversation is the same whatever the database, but for what is told.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

OURS = "https://app.example"
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
BROKEN: dict[str, object] = {
    "not JSON": "{",
    "too deep": "[" * 60_000,
    "not text": b"{}",
    "not an object": [],
    "no type": {},
    "an unknown type": {"type": "start"},
    "a subscription without an id": {"type": "subscribe", "payload": {"query": CHANGES}},
    "an empty id": {"type": "subscribe", "id": "", "payload": {"query": CHANGES}},
    "an id that is a number": {"type": "subscribe", "id": 1, "payload": {"query": CHANGES}},
    "a subscription without a payload": {"type": "subscribe", "id": "1"},
    "a document that is a number": {"type": "subscribe", "id": "1", "payload": {"query": 1}},
    "variables that are a list": {"type": "subscribe", "id": "1", "payload": {"query": CHANGES, "variables": []}},
    "a name that is a number": {"type": "subscribe", "id": "1", "payload": {"query": CHANGES, "operationName": 1}},
    "the end of nothing": {"type": "complete"},
    "a payload that is a list": {"type": "connection_init", "payload": []},
    "a token that is a number": {"type": "connection_init", "payload": {"authorization": 1}},
}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service with a frontend elsewhere, which answers at length, so that few answers fill what nobody reads."""
    return make_settings(cors_origins=OURS, max_aliases=500, max_fields=600)


async def test_changes_come_over_a_websocket(door: Door, a_member: Person, services: Services) -> None:
    async with following(door.as_(a_member), services) as socket:
        await door.as_(a_member).done("patchUser", {"id": a_member.id, "name": "Another"})
        told = await socket.hear()

    change = {"kind": "UPDATED", "userId": a_member.id, "user": {"email": a_member.email, "name": "Another"}}
    assert told == {"id": "1", "type": "next", "payload": {"data": {"userChanged": change}}}


@pytest.mark.parametrize("key", ["authorization", "Authorization"])
async def test_who_is_there_is_said_in_the_first_message(door: Door, a_member: Person, key: str) -> None:
    async with a_socket(door) as socket:
        await socket.say({"type": "connection_init", "payload": {key: f"Bearer {a_member.access_token}"}})
        said = await socket.hear()

    assert said == {"type": "connection_ack"}


@pytest.mark.parametrize("shown", [{}, None, {"authorization": "Bearer nonsense"}, {"authorization": "Basic YTpi"}])
async def test_strangers_are_sent_away(door: Door, shown: Any) -> None:
    async with a_socket(door) as socket:
        await socket.say({"type": "connection_init", "payload": shown})

        assert await socket.closed() == 4403


async def test_a_token_in_the_address_says_nothing(door: Door, a_member: Person) -> None:
    door.http.base_url = door.http.base_url.copy_with(query=f"authorization=Bearer {a_member.access_token}".encode())
    async with a_socket(door) as socket:
        await socket.say({"type": "connection_init"})

        assert await socket.closed() == 4403


async def test_who_says_nothing_is_sent_away(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "LONGEST_SILENCE_S", 0.2)

    async with a_socket(door) as socket:
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
        assert await socket.closed() == 4408


async def test_who_subscribes_before_the_acknowledgement_is_sent_away(door: Door) -> None:
    async with a_socket(door) as socket:
        await socket.subscribe()

        assert await socket.closed() == 4401


async def test_who_begins_twice_is_sent_away(door: Door, a_member: Person) -> None:
    async with a_socket(door) as socket:
        await socket.begin(a_member.access_token)
        await socket.say({"type": "connection_init"})

        assert await socket.closed() == 4429


async def test_an_id_is_for_one_stream_at_a_time(door: Door, a_member: Person, services: Services) -> None:
    async with following(door.as_(a_member), services) as socket:
        await socket.subscribe("1")

        assert await socket.closed() == 4409
    await until_followed(services, 0)


async def test_an_id_is_free_again_once_its_stream_is_over(door: Door, a_member: Person, services: Services) -> None:
    async with following(door.as_(a_member), services) as socket:
        await socket.say({"type": "complete", "id": "1"})
        await until_followed(services, 0)
        await socket.subscribe("1")
        await until_followed(services, 1)
        await door.as_(a_member).done("patchUser", {"id": a_member.id, "age": 30})

        assert (await socket.hear())["type"] == "next"
    await until_followed(services, 0)


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_message_ends_the_connection(door: Door, broken: str) -> None:
    async with a_socket(door) as socket:
        await socket.say(BROKEN[broken])

        assert await socket.closed() == 4400


async def test_a_message_that_is_too_large_ends_the_connection(door: Door) -> None:
    async with a_socket(door) as socket:
        await socket.say({"type": "ping", "payload": {"x": "x" * 70_000}})

        assert await socket.closed() == 1009


@pytest.mark.parametrize("protocol", ["graphql-ws", "chat", None])
async def test_another_protocol_is_not_spoken(door: Door, protocol: str | None) -> None:
    async with a_socket(door, protocol=protocol) as socket:
        assert await socket.closed() == 4406


async def test_either_side_may_ask_whether_the_other_is_there(door: Door, a_member: Person) -> None:
    async with a_socket(door) as socket:
        await socket.begin(a_member.access_token)
        await socket.say({"type": "pong"})
        await socket.say({"type": "ping"})

        assert await socket.hear() == {"type": "pong"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { userChanged { kind", "GRAPHQL_PARSE_FAILED"),
        ("subscription { userChanged { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { a: userChanged { kind } b: userChanged { kind } }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { userChanged(kinds: ["canary"]) { kind } }', "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { userChanged(id: "nobody") { kind } }', "NOT_FOUND"),
        (
            "subscription A { userChanged { kind } } subscription B { userChanged { kind } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription {" + " userChanged { kind }" * 200 + " }", "QUERY_TOO_COMPLEX"),
        ("", "BAD_USER_INPUT"),
        ("{ me { id } }", "BAD_USER_INPUT"),
        ('mutation { logout(input: {refreshToken: "canary"}) { errors { code } } }', "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_be_followed_is_an_error_and_the_connection_goes_on(
    door: Door, a_member: Person, services: Services, query: str, code: str
) -> None:
    async with following(door.as_(a_member), services) as socket:
        await socket.subscribe("2", query)
        told = await socket.hear()
        await door.as_(a_member).done("patchUser", {"id": a_member.id, "age": 30})
        change = await socket.hear()

    assert (told["id"], told["type"]) == ("2", "error")
    assert told["payload"][0]["extensions"] == {"code": code}
    assert "canary" not in json.dumps(told)
    assert (change["id"], change["type"]) == ("1", "next")


async def test_a_connection_carries_ten_streams(door: Door, a_member: Person, services: Services) -> None:
    async with following(door.as_(a_member), services) as socket:
        for number in range(2, 12):
            await socket.subscribe(str(number))
        told = await socket.hear()
        await until_followed(services, 10)

    assert (told["id"], told["type"]) == ("11", "error")
    await until_followed(services, 0)


async def test_a_process_has_room_for_so_many(door: Door, a_member: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "MOST_CONNECTIONS", 1)

    async with a_socket(door) as first:
        assert await first.begin(a_member.access_token) == {"type": "connection_ack"}
        async with a_socket(door) as second:
            assert await second.closed() == 1013
    assert await let_in(door, a_member) == {"type": "connection_ack"}


async def let_in(door: Door, person: Person) -> Any:
    """What is said to somebody once there is room: who has gone leaves it a moment later."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(ConnectionClosed):
                async with a_socket(door) as socket:
                    return await socket.begin(person.access_token)


async def test_a_session_that_is_over_ends_its_connection(door: Door, a_member: Person, services: Services) -> None:
    async with following(door.as_(a_member), services) as socket:
        await door.done("logout", {"refreshToken": a_member.refresh_token})

        assert await socket.closed() == 4403


async def test_a_session_that_is_over_ends_a_connection_that_carries_nothing(door: Door, a_member: Person) -> None:
    async with a_socket(door) as socket:
        await socket.begin(a_member.access_token)
        await door.done("logout", {"refreshToken": a_member.refresh_token})

        assert await socket.closed() == 4403


async def test_strangers_of_one_address_take_nobodys_place(door: Door, a_member: Person) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(websocket.MOST_STRANGERS - 1):
            await stack.enter_async_context(a_socket(door))
        async with a_socket(door) as known:
            assert await known.begin(a_member.access_token) == {"type": "connection_ack"}
            async with a_socket(door), a_socket(door) as one_too_many:
                assert await one_too_many.closed() == 1013


async def test_an_account_has_so_many_connections_and_no_more(
    door: Door, a_member: Person, another_member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gql_users.services.changes.MOST_PER_ACCOUNT", 1)

    async with a_socket(door) as first:
        await first.begin(a_member.access_token)
        await first.say({"type": "ping"})
        assert await first.hear() == {"type": "pong"}
        async with a_socket(door) as second, a_socket(door) as other:
            await second.begin(a_member.access_token)
            assert await second.closed() == 1013
            assert await other.begin(another_member.access_token) == {"type": "connection_ack"}


async def test_a_token_that_expires_ends_its_connection(
    door: Door, a_member: Person, services: Services, clock: SettableClock
) -> None:
    async with following(door.as_(a_member), services) as socket:
        clock.advance(timedelta(minutes=16))

        assert await socket.closed() == 4403


async def test_who_lost_their_session_cannot_follow_over_a_connection_from_before(door: Door, a_member: Person) -> None:
    async with a_socket(door) as socket:
        await socket.begin(a_member.access_token)
        await door.done("logout", {"refreshToken": a_member.refresh_token})
        await socket.subscribe()

        assert await socket.closed() == 4403


async def test_a_service_that_ends_says_so(door: Door, a_member: Person, services: Services) -> None:
    async with following(door.as_(a_member), services) as followed, a_socket(door) as idle:
        await idle.begin(a_member.access_token)
        services.changes.end()

        assert await followed.closed() == 1001
        assert await idle.closed() == 1001


async def test_a_client_that_hangs_up_leaves_nothing_behind(
    door: Door, a_member: Person, services: Services, app: FastAPI
) -> None:
    async with following(door.as_(a_member), services) as socket:
        socket.connection.transport.abort()
        await until_followed(services, 0)


@pytest.mark.parametrize("origin", [None, OURS, "http://localhost:8000", "own"])
async def test_pages_of_ours_may_connect(door: Door, a_member: Person, origin: str | None) -> None:
    own = str(door.http.base_url).rstrip("/")
    async with a_socket(door, origin=own if origin == "own" else origin) as socket:
        assert await socket.begin(a_member.access_token) == {"type": "connection_ack"}


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil.example", "null", "http://["])
async def test_pages_of_others_may_not(door: Door, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with a_socket(door, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_a_client_that_does_not_read_is_let_go(
    door: Door, an_admin: Person, a_member: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "LONGEST_SEND_S", 0.2)

    begin = {"type": "connection_init", "payload": {"authorization": f"Bearer {an_admin.access_token}"}}
    subscribe = {"type": "subscribe", "id": "1", "payload": {"query": WORDY}}

    reader, writer = await asyncio.open_connection(sock=a_narrow_socket(door), limit=1_024)
    writer.write(HANDSHAKE)
    await reader.readuntil(b"\r\n\r\n")
    for message in (begin, subscribe):
        writer.write(Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True))
    await until_followed(services, 1)
    await until_let_go(services, door, a_member)
    writer.transport.abort()


async def test_a_socket_is_one_line_in_the_log_without_a_secret(
    door: Door, a_member: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        async with a_socket(door) as socket:
            await socket.begin(a_member.access_token)
            await socket.say("{")
            assert await socket.closed() == 4400
        async with asyncio.timeout(30):
            while not (lines := told(caplog)):  # noqa: ASYNC110 - it is written without a word to us
                await asyncio.sleep(0.01)

    assert [(vars(line)["path"], vars(line)["status"]) for line in lines] == [("/graphql", 4400)]


def told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The lines about WebSockets."""
    return [line for line in caplog.records if vars(line).get("method") == "WEBSOCKET"]
