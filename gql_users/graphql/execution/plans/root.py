"""The one field at the root of most operations: its resolver is called, what it gives completed, and that is all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    is_non_null_type,
    located_error,
)
from graphql.pyutils import Path, is_awaitable
from strawberry.types.field import StrawberryField

from gql_users.graphql.execution.plans.arguments import Arguments
from gql_users.graphql.execution.plans.info import LazyInfo
from gql_users.graphql.execution.plans.inputs import Inputs
from gql_users.graphql.execution.plans.judge import Judge, run
from gql_users.graphql.execution.plans.shortcuts import Shortcuts
from gql_users.graphql.execution.plans.unusual import Unusual
from gql_users.graphql.execution.plans.variables import Sent

MakeJudge: TypeAlias = Callable[[Sent, object], Judge]


class RootField:
    """Answers operations with one field at their root. Raises Unusual where Strawberry's own resolver must be called.

    `judge` makes the interpreter of a request, for what the field cannot answer.
    """

    def __init__(
        self, schema: GraphQLSchema, parent: GraphQLObjectType, shortcuts: Shortcuts, judge: MakeJudge
    ) -> None:
        if len(shortcuts.root) != 1:
            raise Unusual
        ((self.name, self.details),) = shortcuts.root.items()
        node = self.details[0].node
        self.field, definition, strawberry = _ordinary(schema, parent, node)
        self.parent = parent
        self._path = Path(None, self.name, parent.name)
        self._judge = judge
        self._complete = shortcuts.completions.get((self.field.type, id(self.details)))
        inputs = Inputs(strawberry.config, strawberry.schema_converter.scalar_registry)
        self._arguments = Arguments(self.field, node, definition, inputs)
        self._learn_resolver(definition, strawberry.config.info_class)

    def _learn_resolver(self, definition: StrawberryField, info_class: Callable[..., Any]) -> None:
        resolver: Any = definition.base_resolver
        self._resolver = resolver.wrapped_func
        self._is_async = definition.is_async
        # There is nothing above the root.
        self._positional = (None,) if resolver.self_parameter else ()
        self._above = {each.name: None for each in (resolver.parent_parameter, resolver.root_parameter) if each}
        self._info_name = resolver.info_parameter.name if resolver.info_parameter else None
        self._info_of = partial(info_class, _field=definition)
        self._selections: dict[str, frozenset[str]] = {}

    async def answer(self, variables: dict[str, Any], sent: Sent, context: object) -> ExecutionResult:
        """The answer. `variables` are coerced, `sent` the same as they were sent."""
        try:
            keywords = self._arguments.given(variables)
        except Exception:  # the library knows what to make of them, or what to say
            return await run(self._judge(sent, context))
        if self._above:
            keywords |= self._above
        if self._info_name is not None:
            keywords[self._info_name] = self._info_of(_raw_info=LazyInfo(context, self._selections, self._info, sent))
        try:
            value = self._resolver(*self._positional, **keywords)
            if self._is_async or is_awaitable(value):
                value = await value
        except Exception as error:
            return self._failed(error)
        if self._complete is not None:
            try:
                return ExecutionResult({self.name: self._complete(value)}, None)
            except Exception:  # noqa: S110 - said below, by the library
                pass
        return await self._judged(value, sent, context)

    def _failed(self, error: Exception) -> ExecutionResult:
        """As the specification has it: null in the field's place, or of everything where the field cannot be null."""
        located = located_error(error, [each.node for each in self.details], self._path.as_list())
        return ExecutionResult(None if is_non_null_type(self.field.type) else {self.name: None}, [located])

    async def _judged(self, value: Any, sent: Sent, context: object) -> ExecutionResult:
        """What the interpreter makes of what the resolver gave."""
        judge, given = self._judge(sent, context), _given(value)
        return await judge.complete(self.name, self.field.type, self.details, self._info_by(judge), self._path, given)

    def _info(self, sent: Sent, context: object) -> GraphQLResolveInfo[Any]:
        return self._info_by(self._judge(sent, context))

    def _info_by(self, judge: Judge) -> GraphQLResolveInfo[Any]:
        nodes = [each.node for each in self.details]
        return judge.build_resolve_info(self.field, nodes, self.parent, self._path)


def _ordinary(
    schema: GraphQLSchema, parent: GraphQLObjectType, node: FieldNode
) -> tuple[GraphQLField, StrawberryField, Any]:
    """The field, also as Strawberry has it, and Strawberry's schema, when nothing stands before the resolver."""
    field, strawberry = schema.get_field(parent, node.name.value), schema.extensions.get("strawberry-definition")
    definition = field.extensions.get("strawberry-definition") if field is not None else None
    if (
        field is None
        or strawberry is None
        or not isinstance(definition, StrawberryField)
        or type(definition).get_result is not StrawberryField.get_result
        or getattr(field.resolve, "__name__", "") not in {"_resolver", "_async_resolver"}
        or definition.base_resolver is None
        or definition.extensions
        or strawberry.schema_converter._exception_handler_specs
    ):
        raise Unusual
    return field, definition, strawberry


async def _given(value: Any) -> Any:
    return value
