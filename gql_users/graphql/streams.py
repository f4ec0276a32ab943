"""A subscription, from the request to its answers; how they travel is for the transports."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, TypeAlias, cast

from graphql import ExecutionResult, OperationType

from gql_users.errors import BadUserInput, Refusal
from gql_users.graphql.context import Context
from gql_users.graphql.errors import formatted
from gql_users.graphql.execution.engine import Engine, Operation, RequestRefused

Body: TypeAlias = dict[str, Any]
"""An answer: `data`, `errors` or both."""
Answers: TypeAlias = AsyncGenerator[Body, None]


async def opened(engine: Engine, operation: Operation, variables: dict[str, Any] | None, context: Context) -> Answers:
    """The answers to a subscription, one for each thing that happens.

    Raises RequestRefused for a request that makes no sense, and the refusal of one that may not be; the generator
    raises the refusal that ends it. Close it when nobody reads it any more.
    """
    if operation.kind is not OperationType.SUBSCRIPTION:
        raise BadUserInput("This way is for subscriptions. Queries and mutations are sent by plain POST.")
    try:
        results = await engine.subscribe(operation, variables, context)
    except RequestRefused as error:
        causes = (each.original_error for each in error.errors)
        refusal = next((cause for cause in causes if isinstance(cause, Refusal)), None)
        raise refusal or error from error
    return _answers(results, context)


async def _answers(results: AsyncIterator[ExecutionResult], context: Context) -> Answers:
    async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", results)):
        async for result in results:
            errors = formatted(result.errors or (), context.request_id)
            yield {"data": result.data, **({"errors": errors} if errors else {})}
