"""From a text to an answer: parsed, weighed, validated and remembered once; executed each time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    subscribe,
    validate,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Executor
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gql_users.graphql.execution.documents import Documents
from gql_users.graphql.execution.merging import OTHERS, FieldsMerge
from gql_users.graphql.execution.plans.plan import Plan
from gql_users.graphql.execution.plans.variables import MOST_ERRORS, WrongVariables
from gql_users.graphql.execution.too_complex import TooComplexError

Costs: TypeAlias = Sequence[tuple[OperationDefinitionNode, int]]

# One set after the other, each for documents that keep those before it.
_RULES = ((*OTHERS, MaybeNullValidationRule, OneOfInputValidationRule), (FieldsMerge,))


class RequestRefused(Exception):  # noqa: N818 - as in gql_users.errors
    """Nothing was executed: the request errors of the GraphQL specification."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors


class VariablesRefused(RequestRefused):
    """The values sent with a document are not of its variables' types."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a good document, ready to be executed. `cost` is what it can cost at most."""

    document: DocumentNode
    node: OperationDefinitionNode
    kind: OperationType
    cost: int
    plan: Plan


class Engine:
    """Executes documents against a schema.

    `weigh` says what each operation of a document can cost, or raises TooComplexError (or another GraphQLError) for
    what is not to be looked at further; `parsed` reads a text, and stops at limits of its own.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        weigh: Callable[[DocumentNode], Costs],
        parsed: Callable[[str], DocumentNode],
    ) -> None:
        self.schema = schema
        self.documents: Documents[Mapping[str, Operation]] = Documents()
        self._weigh = weigh
        self._parsed = parsed

    def operation(self, text: str, name: str | None) -> Operation:
        """The operation of this name in a document, or its only one. Raises RequestRefused."""
        operations = self.documents.find(text)
        if operations is None:
            operations = self.prepared(text)
            self.documents.remember(text, operations)
        if name is None and len(operations) == 1:
            return next(iter(operations.values()))
        found = operations.get(name or "")
        if found is None:
            raise RequestRefused(GraphQLError("Name one of the document's operations, as it names them."))
        return found

    def execute(
        self, operation: Operation, variables: dict[str, Any] | None, context: object
    ) -> Awaitable[ExecutionResult]:
        """Answer a query, or do a mutation. Raises VariablesRefused, before anything is awaited."""
        try:
            return operation.plan.execute(variables, context)
        except WrongVariables as wrong:
            raise VariablesRefused(*wrong.errors) from None

    def interpret(
        self, operation: Operation, variables: dict[str, Any] | None, context: object
    ) -> Awaitable[ExecutionResult]:
        """The same, without a plan: what `execute` is proved by. Raises VariablesRefused."""
        try:
            return operation.plan.interpret(variables, context)
        except WrongVariables as wrong:
            raise VariablesRefused(*wrong.errors) from None

    async def subscribe(
        self, operation: Operation, variables: dict[str, Any] | None, context: object
    ) -> AsyncIterator[ExecutionResult]:
        """The stream of a subscription's answers. Raises RequestRefused when there is none."""
        answers = subscribe(
            self.schema,
            operation.document,
            context_value=context,
            variable_values=variables,
            operation_name=_name_of(operation.node) or None,
            executor_class=Executor,
            max_coercion_errors=MOST_ERRORS,
            hide_suggestions=True,
        )
        answers = await answers if isawaitable(answers) else answers
        if isinstance(answers, ExecutionResult):
            errors = answers.errors or []
            raise RequestRefused(*errors) if any(each.path for each in errors) else VariablesRefused(*errors)
        return answers

    def prepared(self, text: str) -> Mapping[str, Operation]:
        """All operations of a document that is within the limits, and valid, by name. Raises RequestRefused."""
        try:
            document = self._parsed(text)
            costs = self._weigh(document)
            # The limits come first: only what is within them is validated in a time that can be told.
            for rules in _RULES:
                errors = validate(self.schema, document, rules, max_errors=MOST_ERRORS, hide_suggestions=True)
                if errors:
                    raise RequestRefused(*errors)
        except GraphQLSyntaxError as error:
            raise RequestRefused(_told_limit(error)) from error
        except GraphQLError as error:
            raise RequestRefused(error) from error
        except RecursionError as error:
            raise RequestRefused(TooComplexError("The document is nested too deeply.")) from error
        return {
            _name_of(node): Operation(document, node, node.operation, cost, Plan(self.schema, document, node))
            for node, cost in costs
        }


def _told_limit(error: GraphQLSyntaxError) -> GraphQLError:
    """The parser stops at its limits with the words that it has for mistakes."""
    told, stopped, _ = error.description.partition(" Parsing aborted.")
    return TooComplexError(told) if stopped else error


def _name_of(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name is not None else ""
