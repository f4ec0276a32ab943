"""Facts about what every HTTP answer has, whatever was asked: an id, safe headers, and a line in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gql_users import create_app
from gql_users.logs import JsonLines
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
JSON = {"Content-Type": "application/json"}
ASKED: dict[str, tuple[int, dict[str, Any]]] = {
    "an answer": (200, {"method": "GET", "url": "/health"}),
    "a GraphQL answer": (200, {"method": "POST", "url": "/graphql", "json": {"query": "{ me { id } }"}}),
    "a page": (200, {"method": "GET", "url": "/docs"}),
    "the explorer": (200, {"method": "GET", "url": "/graphql", "headers": {"Accept": "text/html"}}),
    "nothing there": (404, {"method": "GET", "url": "/nowhere"}),
    "nobody there": (404, {"method": "GET", "url": "/users/1"}),
    "no such file": (404, {"method": "GET", "url": "/graphql/assets/nothing.js"}),
    "another method": (405, {"method": "DELETE", "url": "/health"}),
    "another method of GraphQL": (405, {"method": "PUT", "url": "/graphql"}),
    "too large": (413, {"method": "POST", "url": "/graphql", "content": b"x" * 70_000, "headers": JSON}),
    "encoded": (415, {"method": "POST", "url": "/users", "content": b"x", "headers": {"Content-Encoding": "gzip"}}),
    "not valid": (422, {"method": "POST", "url": "/users", "json": {}}),
    "a surprise": (500, {"method": "GET", "url": "/surprise"}),
}


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    """The service, with one place where it breaks."""

    @app.get("/surprise")
    def surprise() -> None:
        raise RuntimeError("canary-0451")

    return app


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is logged, as it is written, everything included."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def requests_in(written: StringIO) -> list[dict[str, Any]]:
    """The lines about requests."""
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in lines if line["logger"] == "gql_users.requests" and line["message"] == "request"]


@pytest.mark.parametrize(("status", "asked"), ASKED.values(), ids=ASKED)
async def test_every_answer_has_safe_headers_and_an_id(door: Door, status: int, asked: dict[str, Any]) -> None:
    answer = await door.http.request(**asked)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "'unsafe-eval'" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] in {"no-store", "no-cache"}
    assert len(answer.headers["X-Request-ID"]) == 32


async def test_an_installation_on_https_asks_browsers_to_stay_there(make_settings: MakeSettings, door: Door) -> None:
    app = create_app(make_settings(public_url="https://users.example"))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        answers = [await http.get("/health"), await http.get("/nowhere")]

    assert {answer.headers["Strict-Transport-Security"] for answer in answers} == {"max-age=31536000"}
    assert "Strict-Transport-Security" not in (await door.http.get("/health")).headers


@pytest.mark.parametrize("given", ["request-0451", "A.b_C-" + "x" * 58, "12345678"])
async def test_an_id_that_comes_with_a_request_is_kept(door: Door, written: StringIO, given: str) -> None:
    answer = await door.http.get("/health", headers={"X-Request-ID": given})

    assert answer.headers["X-Request-ID"] == given
    assert [line["request_id"] for line in requests_in(written)] == [given]


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space", 'quote"quote', "{canary}", "a/b/c/d/e", "ünïcode-id"]
)
async def test_an_id_that_is_not_fit_to_be_kept_is_replaced(door: Door, written: StringIO, given: str) -> None:
    answer = await door.http.get("/health", headers={"X-Request-ID": given.encode()})  # type: ignore[arg-type]

    made = answer.headers["X-Request-ID"]
    assert (len(made), made.isalnum()) == (32, True)
    assert [line["request_id"] for line in requests_in(written)] == [made]


async def test_no_two_requests_have_the_same_id(door: Door) -> None:
    ids = {(await door.http.get("/health")).headers["X-Request-ID"] for _ in range(20)}

    assert len(ids) == 20


async def test_every_request_is_one_line_that_says_what_happened(door: Door, written: StringIO) -> None:
    for _, asked in ASKED.values():
        await door.http.request(**asked)

    lines = requests_in(written)
    assert [line["status"] for line in lines] == [status for status, _ in ASKED.values()]
    assert [(line["method"], line["path"]) for line in lines] == [(a["method"], a["url"]) for _, a in ASKED.values()]
    assert {line["client"] for line in lines} == {"127.0.0.1"}
    assert all(line["milliseconds"] >= 0 and line["time"] for line in lines)


async def test_control_characters_in_a_path_do_not_make_a_line_of_their_own(door: Door, written: StringIO) -> None:
    await door.http.get('/nowhere%0A{"level":"info"}%1B[31m%00')

    (line,) = [line for line in written.getvalue().splitlines() if "nowhere" in line and "gql_users.requests" in line]
    assert line.isprintable()
    assert json.loads(line)["path"] == '/nowhere\n{"level":"info"}\x1b[31m\x00'


async def test_what_is_asked_in_an_address_is_not_logged(door: Door, written: StringIO) -> None:
    await door.http.get("/graphql", params={"query": "{ me { canary: id } }"})

    assert [line["path"] for line in requests_in(written)] == ["/graphql"]
    assert "canary" not in "".join(json.dumps(line) for line in requests_in(written))


async def test_a_surprise_is_masked_and_can_be_found_in_the_log(door: Door, written: StringIO) -> None:
    answer = await door.http.get("/surprise")

    body, request_id = answer.json(), answer.headers["X-Request-ID"]
    assert (answer.status_code, body["code"], body["requestId"]) == (500, "INTERNAL_SERVER_ERROR", request_id)
    assert "canary" not in answer.text
    told = [json.loads(line) for line in written.getvalue().splitlines() if request_id in line]
    assert [line["message"] for line in told if "exception" in line] == ["unexpected failure"]
    assert "builtins.RuntimeError at " in told[0]["exception"]
    assert "canary" not in written.getvalue()
