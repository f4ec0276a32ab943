"""One document through its plan and through the interpreter: the same bytes?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode, parse

from gql_users.graphql.execution.engine import Engine, Operation, RequestRefused


def engine_of(schema: GraphQLSchema) -> Engine:
    """An engine without limits."""
    return Engine(schema, _weightless, parse)


async def answers(
    engine: Engine, operation: Operation, variables: dict[str, Any], context: Callable[[], object]
) -> tuple[str, str]:
    """What the interpreter says, and the plan, with everything that could be told of it."""
    interpreted = await _told(engine.interpret, operation, variables, context())
    await _told(engine.execute, operation, variables, context())
    return interpreted, await _told(engine.execute, operation, variables, context())


async def _told(execute: Any, operation: Operation, variables: dict[str, Any], context: object) -> str:
    try:
        result: ExecutionResult = await execute(operation, variables, context)
    except RequestRefused as refusal:
        return json.dumps([_error(error) for error in refusal.errors])
    errors = [_error(error) for error in result.errors] if result.errors is not None else None
    return json.dumps({"data": result.data, "errors": errors}, default=lambda other: type(other).__name__)


def _error(error: Any) -> Any:
    cause = error.original_error
    return [error.formatted, type(cause).__name__, str(cause)]


def _weightless(document: DocumentNode) -> list[tuple[OperationDefinitionNode, int]]:
    return [(each, 1) for each in document.definitions if isinstance(each, OperationDefinitionNode)]
