"""Facts about the API as a whole: it is committed, tested, told, and keeps secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from gql_users.graphql.schema import printed
from tests.door import Door

TESTS = Path(__file__).parent
COMMITTED = TESTS.parent / "schema.graphql"
SCHEMA = build_schema(printed())
TYPES = [
    kind for kind in SCHEMA.type_map.values() if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
]


def object_type(name: str) -> GraphQLObjectType:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


OPERATIONS = [name for kind in ("Query", "Mutation", "Subscription") for name in object_type(kind).fields]


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text() == printed()


async def test_what_a_client_is_told_of_the_schema_is_what_is_committed(door: Door) -> None:
    asked = await door.ask("{ __schema { types { name fields { name } inputFields { name } } } }")

    told = {
        (kind["name"], field["name"])
        for kind in asked["__schema"]["types"]
        if not kind["name"].startswith("__")
        for field in [*(kind["fields"] or ()), *(kind["inputFields"] or ())]
    }
    assert told == {(kind.name, name) for kind in TYPES for name in getattr(kind, "fields", {})}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_its_tests(operation: str) -> None:
    snake_case = re.sub("([A-Z])", r"_\1", operation).lower()

    assert "async def test_" in (TESTS / "graphql" / f"test_{snake_case}.py").read_text()


# `nodes` is the list that it is in Relay's specification, so a refusal of it takes the rest with it.
@pytest.mark.parametrize("question", sorted({*object_type("Query").fields} - {"serviceInfo", "nodes"}))
async def test_a_question_that_is_refused_takes_no_other_with_it(door: Door, question: str) -> None:
    asked = {
        "me": "me { id }",
        "user": "user(by: {databaseId: 1}) { id }",
        "users": "users { totalCount }",
        "events": "events { totalCount }",
        "node": 'node(id: "VXNlcjox") { id }',
    }[question]

    body = (await door.showing("nonsense").answer(f"{{ {asked} serviceInfo {{ version }} }}")).json()

    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
    assert body["data"][question] is None
    assert body["data"]["serviceInfo"]["version"]


def test_no_field_is_named_like_a_secret() -> None:
    seen = {
        f"{kind.name}.{name}"
        for kind in TYPES
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name in kind.fields
        if re.search("password|secret|hash|key|token", name, re.IGNORECASE)
    }

    told_once = {f"TokenPair.{name}" for name in object_type("TokenPair").fields}
    rules = {"ServiceInfo.passwordRules", "ServiceInfo.accessTokenLifetimeSeconds"}
    deeds = {f"Mutation.{name}" for name in ("changePassword", "requestPasswordReset", "resetPassword")}
    payloads = {f"{name}Payload.tokens" for name in ("Register", "Login", "Refresh")}
    assert seen <= told_once | rules | deeds | payloads
