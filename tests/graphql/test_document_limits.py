"""Facts about how large a document may be, and how much an operation may ask for: at the limit fine, over it not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.holding import nobody_else_reads
from tests.serving import serving

Opened = Callable[..., Any]


ALIASED = [f"a{number}: version" for number in range(16)]


def depth(levels: int) -> str:
    """Fields in each other."""
    around = ["me", *["events(first: 1)", "nodes", "user"] * levels][: levels - 1]
    return "{" + "{".join([*around, "__typename"]) + "}" * levels


# How each of them is set, and a document that has so much of it.
LIMITS: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "characters": ("max_document_characters", 100, "{ __typename }".ljust),
    "tokens": ("max_document_tokens", 50, lambda most: "{ nodes(ids: [" + ' "x"' * (most - 12) + "]) { id } }"),
    "comments": ("max_document_comments", 3, lambda most: "#\n" * most + "{ __typename }"),
    "fields deep": ("max_depth", 6, depth),
    "aliases": ("max_aliases", 3, lambda most: "{ serviceInfo {" + " ".join(ALIASED[:most]) + "} }"),
    "fields, fragments": ("max_fields", 50, lambda most: "{ serviceInfo {" + " version" * (most - 1) + "} }"),
    "fields at its root": ("max_query_root_fields", 3, lambda most: "{" + " __typename" * most + "}"),
    "fields at its root, deeds": (
        "max_mutation_root_fields",
        3,
        lambda most: f"mutation {{ {'__typename ' * most} }}",
    ),
    "costs at most": ("max_cost", 100, lambda most: f"{{ me {{ events(first: {most - 2}) {{ nodes {{ id }} }} }} }}"),
}

# Whatever they unfold to, it is counted without unfolding it.
UNFOLDING = {
    "fragments that double": "{ serviceInfo { ...F0 } } "
    + " ".join(f"fragment F{n} on ServiceInfo {{ ...F{n + 1} ...F{n + 1} }}" for n in range(18))
    + " fragment F18 on ServiceInfo { version }",
    "fragments that double forty times": "{ serviceInfo { ...F0 } } "
    + " ".join(f"fragment F{n} on ServiceInfo {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    + " fragment F40 on ServiceInfo { version }",
    "aliases in fragments": "{ serviceInfo { ...F ...F } } fragment F on ServiceInfo {" + " ".join(ALIASED) + "}",
    "operations side by side": " ".join(f"query Q{n} {{ serviceInfo {{ ...F }} }}" for n in range(10))
    + " fragment F on ServiceInfo {"
    + " version" * 60
    + "}",
    "operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(21)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(51)) + ") { __typename }",
    "a page with every change": "subscription { userChanged { user { events(first: 100) { nodes { id } } } } }",
    "a page of less than nothing": "{ a: users(first: -100) { nodes { events(first: 100) { nodes { id } } } } "
    "b: users(first: 100) { nodes { events(first: 100) { nodes { id } } } } }",
    "types in types": "{ __schema { types { fields { type { fields { name } } } } } }",
    "types in types in fragments": "{ __schema { types { ...F } } } "
    "fragment F on __Type { possibleTypes { ...G } } fragment G on __Type { enumValues { name } }",
    "the schema by many names": "{ __schema { a: types { name } b: types { name } } }",
    "the schema many times": "{ a: __schema { types { name } } b: __schema { types { name } } }",
}


@pytest.fixture
def at(make_settings: MakeSettings, clock: SettableClock) -> Opened:
    """The door of a service with other limits."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Door]:
        app = create_app(make_settings(**settings), clock=clock)
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
            yield Door(http)

    return opened


async def refusal(door: Door, document: str) -> tuple[str, str] | None:
    """The code and the message with which a document is refused, if it is."""
    body = (await door.answer(document)).json()
    if "data" in body:
        return None
    (error,) = body["errors"]
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("what", LIMITS)
async def test_a_document_at_the_limit_is_fine_and_one_over_it_is_refused(at: Opened, what: str) -> None:
    setting, most, having = LIMITS[what]

    async with at(**{setting: most}) as door:
        fine, too_much = await refusal(door, having(most)), await refusal(door, having(most + 1))

    assert fine is None
    assert too_much is not None
    code, message = too_much
    assert (code, str(most) in message) == ("QUERY_TOO_COMPLEX", True), message
    assert what.partition(",")[0].rpartition(" ")[0] in message


@pytest.mark.parametrize("what", UNFOLDING)
async def test_what_unfolds_to_too_much_is_refused(door: Door, what: str) -> None:
    refused = await refusal(door, UNFOLDING[what])

    assert refused is not None
    assert refused[0] == "QUERY_TOO_COMPLEX"


async def test_what_tools_ask_about_the_schema_is_answered(door: Door) -> None:
    for query in (
        get_introspection_query(),
        get_introspection_query(descriptions=True, directive_is_repeatable=True, schema_description=True),
        '{ a: __type(name: "User") { fields { name } } b: __type(name: "Event") { fields { name } } }',
    ):
        assert await refusal(door, query) is None


@pytest.mark.parametrize("query", ["{ __schema { queryType { name } } }", '{ x: __type(name: "User") { name } }'])
@pytest.mark.parametrize("env", [{"introspection": False}, {"env": "production"}])
async def test_where_introspection_is_off_the_schema_is_not_told(at: Opened, env: dict[str, Any], query: str) -> None:
    async with at(**env) as door:
        in_fragment = "{ ...F } fragment F on Query " + query
        for asked in (query, in_fragment):
            assert await refusal(door, asked) == ("GRAPHQL_VALIDATION_FAILED", "Introspection is switched off.")
        assert await door.ask("{ __typename }") == {"__typename": "Query"}


async def test_the_explorer_needs_introspection_and_has_it(at: Opened) -> None:
    async with at(env="production", explorer=True) as door:
        assert await refusal(door, get_introspection_query()) is None


async def test_who_asks_is_told_what_an_operation_costs(door: Door) -> None:
    page = "{ users(first: 10) { nodes { id } } }"

    told = (await door.answer(page, extensions={"cost": True})).json()["extensions"]
    not_told = [(await door.answer(page, extensions=asked)).json() for asked in (None, {}, {"cost": False})]

    assert told == {"cost": {"requested": 11, "limit": 5_000}}
    assert all("extensions" not in body for body in not_told)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)  # nothing makes a reader of SQLite wait
async def test_a_query_that_takes_too_long_is_given_up(at: Opened, an_admin: Person, database_url: str) -> None:
    async with at(operation_timeout=0.2) as door, nobody_else_reads("events", database_url):
        answer = await door.as_(an_admin).answer("{ events { nodes { id } } }")

    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfterSeconds": 1}
    assert "took too long" in error["message"]


async def test_a_mutation_that_takes_too_long_begins_no_further_deed(at: Opened, door: Door) -> None:
    deed = 'register(input: {email: "ann@example.com", password: "a good long one"}) { errors { code } }'
    async with at(operation_timeout=0.000_001) as slow:
        body = (await slow.answer(f"mutation {{ {deed} }}")).json()

    assert body["data"] == {"register": None}
    assert body["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "retryAfterSeconds": 1}
    assert (await door.register("ann@example.com")).email == "ann@example.com"


async def test_how_often_documents_are_found_ready_is_a_metric(at: Opened) -> None:
    async with at(metrics=True) as door:
        for _ in range(4):
            await door.ask("{ __typename }")
        told = (await door.http.get("/metrics")).text

    assert 'gql_users_document_cache_lookups_total{result="hit"} 3.0' in told
    assert 'gql_users_document_cache_lookups_total{result="miss"} 1.0' in told
    assert "gql_users_document_cache_size 1.0" in told


async def test_metrics_are_told_only_where_they_are_switched_on(door: Door) -> None:
    assert (await door.http.get("/metrics")).status_code == 404
