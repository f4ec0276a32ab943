"""Facts about GraphiQL at /graphql: who sees it, when, and that all of it comes from us."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from gql_users import create_app
from gql_users.graphql import explorer
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

Open = Callable[[ASGIApp], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Serves an application, and goes there."""
    async with AsyncExitStack() as stack:

        async def at(app: ASGIApp) -> httpx.AsyncClient:
            url = await stack.enter_async_context(serving(app))
            return await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))

        yield at


async def test_a_browser_is_shown_the_page(door: Door) -> None:
    page = await door.http.get("/graphql", headers=BROWSER)

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>gql_users · GraphiQL</title>" in page.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/graphql-response+json", ""])
async def test_programs_are_not_shown_the_page(door: Door, accept: str) -> None:
    answer = await door.http.get("/graphql", headers={"Accept": accept})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_browser_that_asks_a_question_is_given_the_answer(door: Door) -> None:
    answer = await door.http.get("/graphql", params={"query": "{ me { id } }"}, headers=BROWSER)

    assert answer.json() == {"data": {"me": None}}


async def test_a_bad_token_does_not_block_the_page(door: Door) -> None:
    page = await door.http.get("/graphql", headers={**BROWSER, "Authorization": "Bearer nonsense"})

    assert page.status_code == 200


async def test_the_page_may_run_and_reach_nothing_but_our_own(door: Door) -> None:
    page = await door.http.get("/graphql", headers=BROWSER)

    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    kinds = ("script-src", "connect-src", "worker-src", "font-src")
    assert {policy.get(kind, "'self'") for kind in kinds} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "http" not in page.headers["Content-Security-Policy"]


async def test_the_page_names_no_foreign_host(door: Door) -> None:
    page = await door.http.get("/graphql", headers=BROWSER)

    assert re.findall(r"""(?:src|href|content)=["'](?:\w+:)?//""", page.text) == []
    assert "<script>" not in page.text


@pytest.mark.skipif(not (explorer.BUILT / "index.html").exists(), reason="the explorer is not built")
async def test_every_file_of_the_page_is_served_and_kept(door: Door) -> None:
    page = await door.http.get("/graphql", headers=BROWSER)
    files = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    answers = [await door.http.get(file) for file in files]

    assert len(files) >= 3
    assert all(file.startswith("/graphql/assets/") for file in files)
    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers)


async def test_nothing_beside_the_files_of_the_page_is_served(door: Door) -> None:
    for path in ("", "nothing.js", "..%2f..%2f__init__.py", "%2e%2e/index.html", "%5c..%5cindex.html", "%00"):
        answer = await door.http.get(f"/graphql/assets/{path}", headers=BROWSER)
        assert answer.status_code == 404, path


async def test_production_shows_no_page_unless_it_is_switched_on(opened: Open, make_settings: MakeSettings) -> None:
    off = await opened(create_app(make_settings(env="production")))
    on = await opened(create_app(make_settings(env="production", explorer=True)))

    hidden, shown = [await client.get("/graphql", headers=BROWSER) for client in (off, on)]

    assert (hidden.status_code, shown.status_code) == (400, 200)
    assert hidden.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (await off.get("/graphql/assets/index.js")).status_code == 404
    assert (await off.post("/graphql", json={"query": "{ me { id } }"})).json() == {"data": {"me": None}}


async def test_development_can_switch_it_off(opened: Open, make_settings: MakeSettings) -> None:
    client = await opened(create_app(make_settings(explorer=False)))

    assert (await client.get("/graphql", headers=BROWSER)).status_code == 400


async def test_the_page_works_below_a_prefix(opened: Open, app: FastAPI) -> None:
    host = FastAPI()
    host.mount("/our/people", app)
    client = await opened(host)

    page = await client.get("/our/people/graphql", headers=BROWSER)
    files = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert all(file.startswith("/our/people/graphql/assets/") for file in files)
    assert {(await client.get(file)).status_code for file in files} <= {200}
    answer = await client.post("/our/people/graphql", json={"query": "{ me { id } }"})
    assert answer.json() == {"data": {"me": None}}
