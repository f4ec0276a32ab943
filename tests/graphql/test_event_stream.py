"""Facts about server-sent events: the stream, what is refused before it begins, and how it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gql_users import Settings
from gql_users.graphql import event_stream
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import Door, Person
from tests.following import (
    CHANGES,
    WORDY,
    a_narrow_socket,
    a_stream,
    not_streamed,
    until_followed,
    until_let_go,
)

# What is sent is the same whatever the database.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

ACCEPT = {"Accept": "text/event-stream"}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service that answers at length, so that it takes few answers to fill what lies between it and a client."""
    return make_settings(max_aliases=500, max_fields=600)


async def test_a_stream_is_kept_by_nobody_on_its_way(as_admin: Door) -> None:
    async with a_stream(as_admin) as stream:
        headers = stream.response.headers

    assert headers["Content-Type"].startswith("text/event-stream")
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Request-ID" in headers


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json;q=0.1, Text/Event-Stream; q=0.9"])
async def test_a_stream_can_be_asked_for_by_get(door: Door, a_member: Person, services: Services, accept: str) -> None:
    headers, params = {**door.as_(a_member).headers, "Accept": accept}, {"query": CHANGES}

    async with door.http.stream("GET", "/graphql", params=params, headers=headers) as response:
        assert await anext(response.aiter_lines()) == ":"
    await until_followed(services, 0)

    assert response.headers["Content-Type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("subscription { userChanged { kind", 400, "GRAPHQL_PARSE_FAILED"),
        ("subscription { userChanged { nothing } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { userChanged(id: "nobody") { kind } }', 404, "NOT_FOUND"),
        ("subscription {" + " userChanged { kind }" * 200 + " }", 400, "QUERY_TOO_COMPLEX"),
        ("", 400, "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_be_followed_is_refused_before_a_stream_begins(
    as_admin: Door, query: str, status: int, code: str
) -> None:
    refused, error = await not_streamed(as_admin, query)

    assert (refused, error["extensions"]) == (status, {"code": code})
    assert "canary" not in error["message"]


async def test_a_query_is_answered_as_a_stream_of_one(as_member: Door, a_member: Person) -> None:
    headers = {**as_member.headers, "Accept": "text/event-stream"}

    answer = await as_member.http.post("/graphql", json={"query": "{ me { id } }"}, headers=headers)

    assert answer.headers["Content-Type"].startswith("text/event-stream")
    told = json.dumps({"data": {"me": {"id": a_member.id}}}, separators=(",", ":"))
    assert answer.text == f"event: next\ndata: {told}\n\nevent: complete\ndata:\n\n"


async def test_a_subscription_is_not_answered_to_who_takes_no_stream(as_member: Door) -> None:
    for accept in ("application/json", "*/*", "application/graphql-response+json"):
        headers = {**as_member.headers, "Accept": accept}
        answer = await as_member.http.post("/graphql", json={"query": CHANGES}, headers=headers)

        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")


async def test_variables_that_do_not_fit_are_refused_without_their_values(as_admin: Door) -> None:
    query = "subscription ($kinds: [UserChangeKind!]) { userChanged(kinds: $kinds) { kind } }"

    status, error = await not_streamed(as_admin, query, kinds=["canary"])

    assert (status, error["extensions"]) == (400, {"code": "BAD_USER_INPUT"})
    assert "canary" not in error["message"]


async def test_a_stream_is_asked_for_like_anything_else(as_admin: Door) -> None:
    asked: list[dict[str, Any]] = [
        {"method": "POST", "content": b"{"},
        {"method": "POST", "content": b"[]"},
        {"method": "PUT", "json": {"query": CHANGES}},
        {"method": "POST", "data": {"query": CHANGES}},
    ]

    answers = [await as_admin.http.request(url="/graphql", headers=as_admin.headers | ACCEPT, **each) for each in asked]

    assert [answer.status_code for answer in answers] == [415, 415, 405, 415]


async def test_a_silent_stream_says_now_and_then_that_it_is_there(
    as_admin: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "KEEP_ALIVE_S", 0.05)

    async with a_stream(as_admin) as stream:
        said = [await anext(stream.lines) for _ in range(5)]

    assert said == ["", ":", "", ":", ""]


async def test_a_client_that_hangs_up_leaves_nothing_behind(as_admin: Door, services: Services) -> None:
    async with a_stream(as_admin), a_stream(as_admin):
        assert services.changes.followers == 2

    await until_followed(services, 0)


async def test_a_service_that_ends_ends_its_streams(as_admin: Door, services: Services) -> None:
    async with a_stream(as_admin) as stream:
        services.changes.end()
        why = await stream.end()

    assert why["code"] == "UNAVAILABLE"
    assert (await not_streamed(as_admin))[0] == 503


async def test_an_error_inside_a_change_is_masked_and_the_stream_goes_on(
    door: Door, as_admin: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "subscription { userChanged { kind user { sessions { totalCount } } } }"

    async def broken(*_arguments: object) -> object:
        raise RuntimeError("canary")

    async with a_stream(as_admin, query) as stream:
        with monkeypatch.context() as patched:
            patched.setattr("gql_users.services.session_list.SessionList.page", broken)
            await door.register("ann@example.com")
            name, body = await stream.event()
        await door.register("bob@example.com")
        change = await stream.change()

    assert (name, body["errors"][0]["extensions"]["code"]) == ("next", "INTERNAL_SERVER_ERROR")
    assert "canary" not in str(body)
    assert change["user"] == {"sessions": {"totalCount": 1}}


async def test_a_client_that_does_not_read_is_let_go(
    door: Door, an_admin: Person, a_member: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "LONGEST_SEND_S", 0.2)
    body = json.dumps({"query": WORDY}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nContent-Type: application/json\r\n"
    asked = f"{head}Accept: text/event-stream\r\nAuthorization: Bearer {an_admin.access_token}\r\n\r\n".encode()

    _, writer = await asyncio.open_connection(sock=a_narrow_socket(door), limit=1_024)
    writer.write(asked + body)
    await until_followed(services, 1)
    await until_let_go(services, door, a_member)
    writer.transport.abort()


async def test_an_account_follows_so_many_streams_and_no_more(
    door: Door, as_admin: Door, a_member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gql_users.services.changes.MOST_PER_ACCOUNT", 1)

    async with a_stream(as_admin):
        status, error = await not_streamed(as_admin)
        async with a_stream(door.as_(a_member)):
            pass

    assert (status, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")


async def test_a_process_has_room_for_so_many(
    door: Door, as_admin: Door, a_member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gql_users.services.changes.MOST_FOLLOWERS", 1)

    async with a_stream(as_admin):
        answer = await door.http.post("/graphql", json={"query": CHANGES}, headers=door.as_(a_member).headers | ACCEPT)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
