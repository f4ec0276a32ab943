"""A subscription, from the request to its answers; how they travel is for the transports."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    subscribe,
    validate,
)
from graphql import ExecutionResult as Result
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from gql_users.errors import BadUserInput, Refusal
from gql_users.graphql.context import Context
from gql_users.graphql.errors import formatted
from gql_users.graphql.limits import SensitiveOnce, StaticCost

Body: TypeAlias = dict[str, Any]
"""An answer: `data`, `errors` or both."""
Answers: TypeAlias = AsyncGenerator[Body, None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None


class UnanswerableError(Exception):
    """A request that no stream begins for; `errors` is what its sender is told."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__()
        self.errors = errors


async def opened(schema: GraphQLSchema, asked: Asked, context: Context) -> Answers:
    """The answers to a subscription, one for each thing that happens.

    Raises UnanswerableError for a request that makes no sense, and the refusal of one that may not be; the generator
    raises the refusal that ends it. Close it when nobody reads it any more.
    """
    document = prepare(schema, asked.query)
    if isinstance(document, list):
        raise UnanswerableError(formatted(PreExecutionError(None, document), context.request_id))
    operation = get_operation_ast(document, asked.operation_name)
    if operation is None:
        raise BadUserInput("There is no operation of this name.")
    if operation.operation is not OperationType.SUBSCRIPTION:
        raise BadUserInput("This way is for subscriptions. Queries and mutations are sent by plain POST.")
    results = subscribe(
        schema,
        document,
        context_value=context,
        variable_values=asked.variables,
        operation_name=asked.operation_name,
        hide_suggestions=True,
    )
    if not isinstance(results, Result | AsyncIterator):
        results = await results
    if isinstance(results, Result):
        for error in results.errors or ():
            if isinstance(error.original_error, Refusal):
                raise error.original_error
        raise UnanswerableError(formatted(_as_strawberry(results), context.request_id))
    return _answers(results, context)


def prepare(schema: GraphQLSchema, text: str) -> DocumentNode | list[GraphQLError]:
    """The document, if it is valid and not too dear; or else what is wrong with it."""
    try:
        document = parse(text)
        return validate(schema, document, [*specified_rules, SensitiveOnce, StaticCost], max_errors=5) or document
    except GraphQLError as error:
        return [error]
    except RecursionError as error:
        return [GraphQLError("The document is nested too deeply.", original_error=error)]


async def _answers(results: AsyncIterator[Result], context: Context) -> Answers:
    async with aclosing(cast("AsyncGenerator[Result, None]", results)):
        async for result in results:
            errors = formatted(_as_strawberry(result), context.request_id)
            yield {"data": result.data, **({"errors": errors} if errors else {})}


def _as_strawberry(result: Result) -> ExecutionResult:
    return ExecutionResult(data=result.data, errors=result.errors)
