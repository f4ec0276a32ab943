"""What makes values of a type of the JSON that is ordinarily sent for it; anything else is Unusual."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLString,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from gql_users.graphql.execution.plans.unusual import Unusual

Coerce: TypeAlias = Callable[[Any], Any]

# Values that may be given to one request after the other.
LASTING = (bool, Enum, float, int, str, type(None))

_CLASSES = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


def coercion(kind: Any, objects: dict[Any, _Object]) -> Coerce:
    """What coerces JSON to values of this type, or raises something. `objects` are those that are known by now."""
    if is_non_null_type(kind):
        return _certain(kind.of_type, objects)
    coerce = _certain(kind, objects)
    return lambda value: None if value is None else coerce(value)


def _certain(kind: Any, objects: dict[Any, _Object]) -> Coerce:
    """The same, for values that are no null."""
    if is_list_type(kind):
        return _list(coercion(kind.of_type, objects))
    if is_input_object_type(kind) and not kind.is_one_of:
        if kind not in objects:
            objects[kind] = _Object(kind)
            objects[kind].learn(objects)
        return objects[kind]
    if kind in _CLASSES:
        return _of_class(_CLASSES[kind])
    return _int if kind is GraphQLInt else _by_library(kind)


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


def _by_library(kind: Any) -> Coerce:
    def coerce(value: Any) -> Any:
        coerced = coerce_input_value(value, kind)
        if value is None or coerced is Undefined:
            raise Unusual
        return coerced

    return coerce


class _Object:
    """Coerces input objects of one type, which may contain others of it."""

    def __init__(self, kind: GraphQLInputObjectType) -> None:
        self.kind = kind
        self.fields: dict[str, tuple[str, Coerce]] = {}
        self.absent: list[tuple[str, str, Any]] = []

    def learn(self, objects: dict[Any, _Object]) -> None:
        """What the fields take, and what they are when nothing is sent."""
        for name, field in self.kind.fields.items():
            out_name = field.out_name or name
            self.fields[name] = out_name, coercion(field.type, objects)
            default = _when_absent(field)
            if default is not Undefined:
                self.absent.append((name, out_name, default))

    def __call__(self, value: Any) -> Any:
        coerced = {}
        for name, given in value.items():
            out_name, coerce = self.fields[name]
            coerced[out_name] = coerce(given)
        for name, out_name, default in self.absent:
            if name not in value:
                if default is Unusual:
                    raise Unusual
                coerced[out_name] = default
        return self.kind.out_type(coerced)


def _when_absent(field: Any) -> Any:
    """What a field is when it is not sent: Undefined for nothing, Unusual where the library has to look."""
    if is_required_argument(field):
        return Unusual
    value = coerce_default_value(field)
    return value if value is Undefined or isinstance(value, LASTING) else Unusual
