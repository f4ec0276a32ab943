"""The interpreter, which knows shortcuts and takes them where it can."""

from __future__ import annotations

from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any, TypeVar, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Interpreter

from gql_users.graphql.execution.plans.shortcuts import Shortcuts
from gql_users.graphql.execution.plans.variables import MOST_ERRORS, Sent, WrongVariables

Built = TypeVar("Built", bound=Interpreter)


class Judge(Interpreter):
    """Says what the specification says, errors and all.

    A shortcut that meets anything unusual has changed nothing, and the interpreter goes the long way.
    """

    shortcuts: Shortcuts

    def take(self, shortcuts: Shortcuts) -> None:
        """Know these shortcuts, and what was collected on the way to them."""
        self.shortcuts = shortcuts
        self._relevant_sub_fields = shortcuts.collected

    async def complete(
        self,
        name: str,
        return_type: GraphQLOutputType,
        details: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        answer: Awaitable[Any],
    ) -> ExecutionResult:
        """Answer an operation whose only field at the root has given its answer."""
        try:
            data = {name: await self.complete_awaitable_value(return_type, details, info, path, answer, None)}
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            data = None
        return cast("ExecutionResult", self.build_response(data))

    def execute_root_grouped_field_set(
        self, root_type: GraphQLObjectType, root_value: Any, grouped_field_set: GroupedFieldSet, *rest: Any
    ) -> Any:
        """As the library's, with the fields that the shortcuts are known by."""
        return super().execute_root_grouped_field_set(root_type, root_value, self.shortcuts.root, *rest)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """As the library's, for what a resolver gave all at once."""
        complete = self.shortcuts.completions.get((return_type, id(field_details_list)))
        if complete is not None:
            try:
                return complete(result)
            except Exception:  # noqa: S110 - said below, by the library
                pass
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """As the library's, for all plain attributes at once."""
        selection = self.shortcuts.selections.get(id(grouped_field_set))
        if selection is None:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        try:
            results = selection.complete(source_value)
        except Exception:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        if not selection.others:
            return results
        others = super().execute_fields(parent_type, source_value, path, selection.others, position_context)
        if isinstance(others, dict):
            return results | others
        return _together(results, others)


async def _together(results: dict[str, Any], others: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    return results | await others


def built(
    executor: type[Built],
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    sent: Sent,
    context: object,
) -> Built:
    """An interpreter for one request. Raises WrongVariables."""
    found = executor.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=sent,
        operation_name=operation.name.value if operation.name is not None else None,
        max_coercion_errors=MOST_ERRORS,
        hide_suggestions=True,
    )
    if isinstance(found, list):
        raise WrongVariables(found)
    return cast("Built", found)


async def run(interpreter: Interpreter) -> ExecutionResult:
    """What the interpreter answers."""
    result = interpreter.execute_operation()
    return cast("ExecutionResult", await result if isawaitable(result) else result)
