"""One document through its plan and through the interpreter: do both say the same, to the byte?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode, parse

from gql_users import Settings
from gql_users.access import Actor
from gql_users.graphql.context import Context
from gql_users.graphql.execution.engine import Engine, Operation, RequestRefused
from gql_users.graphql.ids import global_id
from gql_users.graphql.schema import build
from gql_users.services import Services
from tests.graphql.any_documents import Writer
from tests.graphql.odd_schema import SCHEMA, Odd

Execute = Callable[[Operation, dict[str, Any], object], Awaitable[ExecutionResult]]

# Deeds that strangers are refused, so that both ways find the same users.
REFUSED = ("patchUser", "updateUser", "deactivateUser", "createUser", "setUserAdmin", "revokeSession", "unlockUser")


@dataclass
class Comparison:
    """What came of many documents. `different` are their texts; `is_compiled` while an answer comes from a plan."""

    compared: int = 0
    with_errors: int = 0
    is_compiled: bool = False
    different: list[str] = field(default_factory=list)

    async def add(self, engine: Engine, text: str, variables: dict[str, Any], context: Callable[[], object]) -> None:
        """Compare one more document, unless it is not valid."""
        try:
            operation = engine.operation(text, None)
        except RequestRefused:
            return
        interpreted = await told(engine.interpret, operation, variables, context())
        await told(engine.execute, operation, variables, context())
        self.is_compiled = True
        compiled = await told(engine.execute, operation, variables, context())
        self.is_compiled = False
        self.compared += 1
        self.with_errors += '"errors": null' not in interpreted
        if compiled != interpreted:
            self.different.append(f"{text} {variables} {compiled} {interpreted}")


async def compare_odd(comparison: Comparison, seeds: Sequence[int]) -> None:
    """Documents over the odd schema."""
    engine = engine_of(SCHEMA._schema)
    for seed in seeds:
        kind = "query" if seed % 10 else "mutation"
        await comparison.add(engine, *Writer(SCHEMA._schema, seed).document(operation=kind), lambda: Odd(seed))  # noqa: B023 - called at once


async def compare_real(
    comparison: Comparison, seeds: Sequence[int], services: Services, settings: Settings, numbers: Sequence[int]
) -> None:
    """Documents over the schema of the service, by everybody in turn. `numbers` are of users, the first of an admin."""
    schema = build()._schema
    engine = engine_of(schema)
    known: dict[str, list[Any]] = {
        "ID": [global_id("User", number) for number in numbers],
        "Int": [0, 1, 2, 50],
        "BigInt": [*numbers],
    }
    for seed in seeds:
        actor = (Actor(user_id=numbers[0], is_admin=True), Actor(user_id=numbers[1]), Actor())[seed % 3]
        is_deed = seed % 6 == 5
        text, variables = Writer(schema, seed, known).document(
            roots=REFUSED if is_deed else None, operation="mutation" if is_deed else "query"
        )
        await comparison.add(engine, text, variables, lambda: _request(actor, services, settings))  # noqa: B023 - as above


def engine_of(schema: GraphQLSchema) -> Engine:
    """An engine without limits."""
    return Engine(schema, _weightless, parse)


async def told(execute: Execute, operation: Operation, variables: dict[str, Any], context: object) -> str:
    """Everything that can be told of an answer."""
    try:
        result = await execute(operation, variables, context)
    except RequestRefused as refusal:
        return json.dumps([_error(error) for error in refusal.errors])
    errors = [_error(error) for error in result.errors] if result.errors is not None else None
    return json.dumps({"data": result.data, "errors": errors}, default=lambda other: type(other).__name__)


def _error(error: Any) -> Any:
    cause = error.original_error
    return [error.formatted, type(cause).__name__, str(cause)]


def _request(actor: Actor, services: Services, settings: Settings) -> Context:
    async def recognise() -> Actor:
        return actor

    ends_at = asyncio.get_running_loop().time() + 60
    return Context(actor, recognise, "a-request", services, settings, ends_at)


def _weightless(document: DocumentNode) -> list[tuple[OperationDefinitionNode, int]]:
    return [(each, 1) for each in document.definitions if isinstance(each, OperationDefinitionNode)]
