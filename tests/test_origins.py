"""Facts about whom browsers let in: named origins alone, and hosts that are ours."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from gql_users import Settings, create_app
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

OURS = "https://app.example"
STRANGERS = [
    "https://evil.example",
    "https://app.example.evil.example",
    "http://app.example",
    "null",
    "https://APP.example:444",
]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service with one frontend and two names."""
    return make_settings(cors_origins=f"{OURS}/", trusted_hosts="users.example,*.users.example,127.0.0.1")


def preflight(origin: str, method: str = "POST", headers: str = "authorization,content-type") -> dict[str, str]:
    return {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}


def allowed(answer: httpx.Response) -> str | None:
    origin: str | None = answer.headers.get("Access-Control-Allow-Origin")
    return origin


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_named_origin_may_ask_and_send_its_token(door: Door, method: str) -> None:
    asked = await door.http.options("/graphql", headers=preflight(OURS, method))

    assert (asked.status_code, allowed(asked)) == (200, OURS)
    assert {"authorization", "content-type"} <= set(asked.headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert method in asked.headers["Access-Control-Allow-Methods"]


async def test_a_named_origin_reads_answers_their_id_and_when_to_come_back(door: Door) -> None:
    answer = await door.http.get("/health", headers={"Origin": OURS})

    assert allowed(answer) == OURS
    assert {"X-Request-ID", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", STRANGERS)
async def test_other_origins_are_not_let_in(door: Door, origin: str) -> None:
    asked = await door.http.options("/graphql", headers=preflight(origin))
    answer = await door.http.get("/health", headers={"Origin": origin})

    assert (asked.status_code, allowed(asked), allowed(answer)) == (400, None, None)


async def test_no_origin_may_send_cookies(door: Door) -> None:
    for answer in (
        await door.http.options("/graphql", headers=preflight(OURS)),
        await door.http.get("/health", headers={"Origin": OURS}),
    ):
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_named_origin_can_read_refusals_and_surprises_too(door: Door, app: FastAPI) -> None:
    @app.get("/surprise")
    def surprise() -> None:
        raise RuntimeError

    headers = {"Origin": OURS, "Content-Type": "application/json"}
    answers = [
        await door.http.get("/nowhere", headers=headers),
        await door.http.get("/surprise", headers=headers),
        await door.http.post("/graphql", content=b"x" * 70_000, headers=headers),
        await door.http.post("/graphql", content=b"x", headers={**headers, "Content-Encoding": "gzip"}),
    ]

    assert [(answer.status_code, allowed(answer)) for answer in answers] == [
        (status, OURS) for status in (404, 500, 413, 415)
    ]


@pytest.mark.parametrize("host", ["users.example", "a.users.example", "USERS.EXAMPLE", "users.example:8000"])
async def test_hosts_that_are_ours_are_answered(door: Door, host: str) -> None:
    assert (await door.http.get("/health", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "users.example.evil.example", "evilusers.example", "localhost"])
async def test_other_hosts_are_refused_with_all_headers(door: Door, host: str) -> None:
    answer = await door.http.get("/health", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"]


async def test_where_nothing_is_said_no_origin_and_every_host_is_let_in(make_settings: MakeSettings) -> None:
    async with serving(create_app(make_settings())) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        asked = await http.options("/graphql", headers=preflight(OURS))
        answer = await http.get("/health", headers={"Origin": OURS, "Host": "any.example"})

    assert (asked.status_code, allowed(asked)) == (405, None)
    assert (answer.status_code, allowed(answer)) == (200, None)
