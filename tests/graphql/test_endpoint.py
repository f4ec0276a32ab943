"""Facts about /graphql over HTTP: what it takes, and how it refuses everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.serving import serving

ME = "{ me { id } }"
JSON = {"Content-Type": "application/json"}

MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a number": b"3",
    "a text": b'"x"',
    "a list": b'[{"query": "{ me { id } }"}]',
    "half an object": b"{",
    "invalid UTF-8": b'{"query": "\xff"}',
    "no query": b"{}",
    "a null query": b'{"query": null}',
    "an empty query": b'{"query": ""}',
    "a numeric query": b'{"query": 3}',
    "a numeric operationName": b'{"query": "{ me { id } }", "operationName": 3}',
    "a list of variables": b'{"query": "{ me { id } }", "variables": [1]}',
    "numeric extensions": b'{"query": "{ me { id } }", "extensions": 1}',
    "60 000 brackets": b"[" * 60_000,
    "100 000 brackets": b"[" * 100_000,
    "9 000 levels of variables": b'{"query": "{ me { id } }", "variables": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001,
    "a number of 5 000 digits": b'{"query": "{ me { id } }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "a number that is none": b'{"query": "{ me { id } }", "variables": {"a": NaN}}',
    "UTF-16": '{"query": "{ me { id } }"}'.encode("utf-16"),
}


def is_refusal(answer: httpx.Response) -> bool:
    """Is it a client's mistake, told as JSON with a code for programs?"""
    errors = answer.json()["errors"]
    return 400 <= answer.status_code < 500 and all(error["message"] and error["extensions"]["code"] for error in errors)


async def test_questions_come_as_json_by_post(door: Door) -> None:
    answer = await door.http.post("/graphql", json={"query": ME})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json() == {"data": {"me": None}}


async def test_questions_come_by_get_too(as_member: Door, a_member: Person) -> None:
    asked = {
        "query": "query Me { me { id } } query One($by: UserBy!) { user(by: $by) { email } }",
        "variables": '{"by": {"username": "MIA"}}',
        "operationName": "One",
    }

    answer = await as_member.http.get("/graphql", params=asked, headers=as_member.headers)

    assert answer.json() == {"data": {"user": {"email": a_member.email}}}


async def test_nothing_is_done_by_get(door: Door, as_admin: Door) -> None:
    deed = 'mutation { register(input: {email: "new@example.com", password: "correct horse"}) { errors { code } } }'

    answer = await door.http.get("/graphql", params={"query": deed})

    assert is_refusal(answer)
    assert await as_admin.ask('{ user(by: {email: "new@example.com"}) { id } }') == {"user": None}


@pytest.mark.parametrize("what", MALFORMED)
async def test_a_malformed_body_is_refused(door: Door, what: str) -> None:
    answer = await door.http.post("/graphql", content=MALFORMED[what], headers=JSON)

    assert is_refusal(answer), answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"query": ""},
        {"query": ME, "variables": "{"},
        {"query": ME, "variables": "3"},
        {"query": ME, "variables": "[1]"},
        {"query": ME, "variables": "[" * 20_000},
        {"query": ME, "extensions": "[]"},
    ],
    ids=lambda asked: str(asked)[:60],
)
async def test_a_malformed_address_is_refused(door: Door, asked: dict[str, str]) -> None:
    answer = await door.http.get("/graphql", params=asked)

    assert is_refusal(answer), answer.text


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "x-application/json",
        "application/json; charset=utf-16",
    ],
)
async def test_only_json_is_taken(door: Door, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}

    answer = await door.http.post("/graphql", content=b'{"query": "{ me { id } }"}', headers=headers)

    assert is_refusal(answer)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_is_taken_however_its_type_is_written(door: Door, kind: str) -> None:
    answer = await door.http.post("/graphql", content=b'{"query": "{ me { id } }"}', headers={"Content-Type": kind})

    assert answer.json() == {"data": {"me": None}}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused_and_told_of_these(door: Door, method: str) -> None:
    answer = await door.http.request(method, "/graphql", json={"query": ME})

    assert answer.status_code == 405
    assert is_refusal(answer)
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


async def test_a_body_without_an_announced_length_ends_somewhere_too(door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 5_000

    answer = await door.http.post("/graphql", content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert is_refusal(answer)


@pytest.mark.parametrize("pool_size", [3, 10])
async def test_twelve_fields_share_a_cold_pool(
    as_admin: Door, an_admin: Person, make_settings: MakeSettings, clock: SettableClock, pool_size: int
) -> None:
    fields = " ".join(f"f{n}: user(by: {{databaseId: {an_admin.database_id}}}) {{ id }}" for n in range(12))

    for _ in range(3):
        app = create_app(make_settings(pool_size=pool_size), clock=clock)
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
            answers = await asyncio.gather(*(Door(http).as_(an_admin).ask(f"{{ {fields} }}") for _ in range(2)))

        assert answers == [{f"f{n}": {"id": an_admin.id} for n in range(12)}] * 2
