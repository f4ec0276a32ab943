"""From the JSON of variables to their values: ordinary ones at once, all others as the library would."""

from __future__ import annotations

from typing import Any, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import get_variable_values
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value

from gql_users.graphql.execution.plans.coercions import LASTING, Coerce, coercion
from gql_users.graphql.execution.plans.unusual import Unusual

Sent: TypeAlias = dict[str, Any] | None

# Beyond these a client reads no further, and an attacker learns the schema.
MOST_ERRORS = 5

# The library refuses what is nested some hundred deep, and counts for itself what is deeper than this.
_ORDINARY_DEPTH = 20


class WrongVariables(Exception):  # noqa: N818 - no error of the service's
    """The values sent are not of the variables' types."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.nodes = operation.variable_definitions or ()
        self._coercions = [_coercion(schema, node) for node in self.nodes]

    def coerced(self, sent: Sent) -> dict[str, Any]:
        """The values, by the variables' names. Raises WrongVariables."""
        if not self._coercions:
            return {}
        try:
            return self._ordinary(sent or {})
        except Exception:  # the library knows what to make of it, or what to say
            return self._any(sent or {})

    def _ordinary(self, sent: dict[str, Any]) -> dict[str, Any]:
        values = {}
        for name, coerce, default in self._coercions:
            value = sent.get(name, Undefined)
            if value is not Undefined:
                if type(value) is dict or type(value) is list:
                    _require_flat(value, _ORDINARY_DEPTH)
                values[name] = coerce(value)
            elif default is Unusual:
                raise Unusual
            elif default is not Undefined:
                values[name] = default
        return values

    def _any(self, sent: dict[str, Any]) -> dict[str, Any]:
        values = get_variable_values(self.schema, self.nodes, sent, max_errors=MOST_ERRORS, hide_suggestions=True)
        if isinstance(values, list):
            raise WrongVariables(values)
        return values.coerced


def _coercion(schema: GraphQLSchema, node: VariableDefinitionNode) -> tuple[str, Coerce, Any]:
    """The name of a variable, what makes its value of one that is sent, and what it is when none is."""
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        raise Unusual
    default: Any = Unusual if is_non_null_type(signature.type) else Undefined
    if signature.default is not None:
        value = coerce_default_value(signature)
        default = value if isinstance(value, LASTING) else Unusual
    return signature.name, coercion(signature.type, {}), default


def _require_flat(value: Any, depth: int) -> None:
    if depth == 0:
        raise Unusual
    for each in value.values() if type(value) is dict else value:
        if type(each) is dict or type(each) is list:
            _require_flat(each, depth - 1)
