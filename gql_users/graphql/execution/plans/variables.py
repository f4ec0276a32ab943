"""From the JSON of variables to their values: ordinary ones at once, all others as the library would."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_named_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import get_variable_values
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from gql_users.graphql.execution.plans.unusual import Unusual

Sent: TypeAlias = dict[str, Any] | None
Coerce: TypeAlias = Callable[[Any], Any]

# Beyond these a client reads no further, and an attacker learns the schema.
MOST_ERRORS = 5

_CLASSES = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}

# Values that may be given to one request after the other.
LASTING = (bool, Enum, float, int, str, type(None))


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
    # How deep an input may go is counted from here.
    is_endless = any(kind in _below(kind) for kind in _below(signature.type))
    return signature.name, _never if is_endless else _coerce(signature.type), default


def _never(_value: Any) -> Any:
    raise Unusual


def _coerce(kind: Any) -> Coerce:
    """What coerces values of this type, or raises something."""
    if is_non_null_type(kind):
        return _certain(kind.of_type)
    coerce = _certain(kind)
    return lambda value: None if value is None else coerce(value)


def _certain(kind: Any) -> Coerce:
    """The same, for values that are no null."""
    if is_list_type(kind):
        return _list(_coerce(kind.of_type))
    if is_input_object_type(kind):
        return _leaf(kind) if kind.is_one_of else _object(kind)
    if kind in _CLASSES:
        return _of_class(_CLASSES[kind])
    return _int if kind is GraphQLInt else _leaf(kind)


def _of_class(expected: type) -> Coerce:
    def coerce(value: Any) -> Any:
        if type(value) is not expected:
            raise Unusual
        return value

    return coerce


def _int(value: Any) -> Any:
    if type(value) is not int or not -0x80000000 <= value <= 0x7FFFFFFF:
        raise Unusual
    return value


def _list(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if type(value) is not list:
            raise Unusual
        return [coerce(each) for each in value]

    return coerced


def _leaf(kind: Any) -> Coerce:
    def coerce(value: Any) -> Any:
        coerced = coerce_input_value(value, kind)
        if value is None or coerced is Undefined:
            raise Unusual
        return coerced

    return coerce


def _object(kind: GraphQLInputObjectType) -> Coerce:
    fields = {name: (field.out_name or name, _coerce(field.type)) for name, field in kind.fields.items()}
    absent = {name: value for name, field in kind.fields.items() if (value := when_absent(field)) is not Undefined}

    def coerce(value: Any) -> Any:
        coerced = {}
        for name, given in value.items():
            key, coerce = fields[name]
            coerced[key] = coerce(given)
        for name, default in absent.items():
            if name not in value:
                if default is Unusual:
                    raise Unusual
                coerced[fields[name][0]] = default
        return kind.out_type(coerced)

    return coerce


def when_absent(field: Any) -> Any:
    """What an argument or a field of an input is without a value: Undefined for nothing, Unusual for who knows."""
    if is_required_argument(field):
        return Unusual
    value = coerce_default_value(field)
    return value if value is Undefined or isinstance(value, LASTING) else Unusual


def _below(kind: Any) -> set[Any]:
    """The input objects that values of this type may contain."""
    found: set[Any] = set()
    rest = [get_named_type(kind)]
    while rest:
        for field in getattr(rest.pop(), "fields", {}).values():
            of = get_named_type(field.type)
            if is_input_object_type(of) and of not in found:
                found.add(of)
                rest.append(of)
    return found
