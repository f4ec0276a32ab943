"""What the interpreter and a plan take for the same documents, without a server, a database, or JSON to write."""

from __future__ import annotations

import time
from collections import namedtuple
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import strawberry
from graphql import DocumentNode, ExecutionResult, OperationDefinitionNode, parse

from benchmarks.stage import Stage
from gql_users.graphql.execution.engine import Costs, Engine
from gql_users.graphql.execution.plans.derived import Derivation, Derived

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = 50

# Short enough that some of them meet nobody else on the core, and so many that one does.
BATCH_S, BATCHES = 0.02, 40


@strawberry.type
class Person:
    """Somebody."""

    id: strawberry.ID
    number: int
    email: str
    username: str | None
    name: str
    is_active: bool
    created_at: datetime
    updated_at: datetime


@strawberry.type
class Edge:
    """Somebody in a list."""

    cursor: str
    node: Person


@strawberry.type
class People:
    """A list."""

    edges: Sequence[Edge]
    has_next_page: bool


Row = namedtuple("Row", "number email username name created_at")

PERSON = Derivation(
    Person,
    {
        "id": "str({number})",
        "number": "{number}",
        "email": "{email}",
        "username": "{username}",
        "name": "{name}",
        "is_active": "{created_at} is not None",
        "created_at": "{created_at}",
        "updated_at": "{created_at}",
    },
)
EDGE = Derivation(Edge, {"cursor": "{name}", "node": PERSON})
ROWS = [Row(number, f"{number}@example.com", None, f"Nobody {number}", NOW) for number in range(PEOPLE)]
OBJECTS = [EDGE.of(row) for row in ROWS]


@strawberry.type
class Query:
    """Questions whose resolvers do nothing but answer."""

    @strawberry.field
    async def person(self, id: strawberry.ID) -> Person | None:
        """Somebody."""
        return OBJECTS[len(id)].node

    @strawberry.field
    async def objects(self, first: int) -> People:
        """Objects that somebody has made."""
        return People(edges=OBJECTS[:first], has_next_page=True)

    @strawberry.field
    async def rows(self, first: int) -> People:
        """Rows, of which objects can be made."""
        return People(edges=Derived(EDGE, ROWS[:first]), has_next_page=True)


SELECTED = "id number email username name isActive createdAt updatedAt"
PAGE = f"edges {{ cursor node {{ {SELECTED} }} }} hasNextPage"
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "one object, 8 fields": (f"query ($id: ID!) {{ person(id: $id) {{ {SELECTED} }} }}", {"id": "7"}),
    f"{PEOPLE} objects": (f"query ($first: Int!) {{ objects(first: $first) {{ {PAGE} }} }}", {"first": PEOPLE}),
    f"{PEOPLE} rows": (f"query ($first: Int!) {{ rows(first: $first) {{ {PAGE} }} }}", {"first": PEOPLE}),
}

Execute = Callable[..., Awaitable[ExecutionResult]]


async def measure(_stage: Stage) -> list[dict[str, Any]]:
    """Microseconds of each way for each document: the best of many short runs."""
    engine = Engine(strawberry.Schema(Query)._schema, _weightless, parse)
    found = []
    for name, (document, variables) in ASKED.items():
        operation = engine.operation(document, None)
        ways: tuple[Execute, Execute] = (engine.interpret, engine.execute)
        # The second time there is a plan.
        interpreted, planned = [await way(operation, variables, None) for way in (*ways, *ways)][-2:]
        assert interpreted.errors is None
        assert interpreted == planned
        interpreter_us, plan_us = [
            min([await _once(way, operation, variables) for _ in range(BATCHES)]) for way in ways
        ]
        found.append({"document": name, "interpreter_us": round(interpreter_us, 1), "plan_us": round(plan_us, 1)})
    return found


async def _once(execute: Execute, operation: Any, variables: dict[str, Any]) -> float:
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < BATCH_S:
        await execute(operation, variables, None)
        count += 1
    return (time.perf_counter() - started) / count * 1e6


def _weightless(document: DocumentNode) -> Costs:
    return [(each, 1) for each in document.definitions if isinstance(each, OperationDefinitionNode)]
