"""Facts about what security scanners look for in a GraphQL endpoint, in production: they find nothing.

The thirteen checks of graphql-cop, but for one: it takes every query by GET for a door to cross-site requests. Here
queries by GET are answered, as GraphQL over HTTP has it, and no browser adds anybody's credentials to them: tokens come
in the Authorization header alone.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.databases import SECRET
from tests.door import Door
from tests.serving import serving


@pytest.fixture
async def in_production(make_settings: MakeSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service in production."""
    app = create_app(make_settings(env="production", secret=SECRET))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield http


async def data_of(http: httpx.AsyncClient, query: str) -> Any:
    return (await http.post("/graphql", json={"query": query})).json().get("data")


@pytest.mark.parametrize(
    "query",
    [
        "{ " + " ".join(f"alias{number}: __typename" for number in range(101)) + " }",
        "{ " + "__typename " * 500 + "}",
        "{ __typename " + "@aa" * 10 + " }",
        "{ __typename " + "@include(if: true) " * 10 + "}",
        "{ __schema { types { name fields { type { name fields { type { name fields { name } } } } } } } }",
        "{ __schema { types { name } } }",
        '{ __type(name: "User") { name } }',
    ],
    ids=["aliases", "fields", "directives", "directives that are", "circular introspection", "introspection", "a type"],
)
async def test_no_document_overloads_or_describes_the_service(in_production: httpx.AsyncClient, query: str) -> None:
    assert await data_of(in_production, query) is None


async def test_operations_do_not_come_in_batches(in_production: httpx.AsyncClient) -> None:
    answer = await in_production.post("/graphql", json=[{"query": "{ __typename }"}] * 10)

    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_no_deed_comes_by_get_or_as_a_form(in_production: httpx.AsyncClient) -> None:
    deed = {"query": "mutation { __typename }"}

    answers = [
        await in_production.get("/graphql", params=deed),
        await in_production.post("/graphql", data=deed),
        await in_production.post("/graphql", params=deed),
        await in_production.post("/graphql", content=json.dumps(deed), headers={"Content-Type": "text/plain"}),
    ]

    assert [answer.status_code for answer in answers] == [405, 415, 415, 415]
    assert all("data" not in answer.json() for answer in answers)


async def test_no_cookie_is_ever_given_or_taken(in_production: httpx.AsyncClient) -> None:
    person = await Door(in_production).register("ann@example.com")

    query = {"query": "{ me { id } }"}
    by_cookie = await in_production.get("/graphql", params=query, headers={"Cookie": f"token={person.access_token}"})

    assert by_cookie.json() == {"data": {"me": None}}
    assert "set-cookie" not in by_cookie.headers
    assert not in_production.cookies


async def test_mistakes_are_not_mended_and_faults_not_explained(in_production: httpx.AsyncClient) -> None:
    answers = [
        await in_production.post("/graphql", json={"query": query})
        for query in ("{ servicInfo { version } }", "qwerty { abc }", "{ user(by: {emial: 1}) { id } }", "{ me { } }")
    ]

    for answer in answers:
        for error in answer.json()["errors"]:
            assert "Did you mean" not in error["message"]
            assert set(error) <= {"message", "locations", "extensions"}
            assert set(error["extensions"]) == {"code"}


async def test_no_explorer_and_no_tracing_is_there(in_production: httpx.AsyncClient) -> None:
    for path in ("/graphql", "/graphiql", "/playground", "/console", "/"):
        page = await in_production.get(path, headers={"Accept": "text/html"})
        assert page.status_code >= 400, path
        assert "graphiql" not in page.text.lower()
    answer = await in_production.post("/graphql", json={"query": "{ __typename }"}, headers={"X-Apollo-Tracing": "1"})
    assert set(answer.json()) == {"data"}
