"""How scalars and enums are written into answers: the one place that knows what is ordinary of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from graphql import GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLLeafType, GraphQLString
from strawberry.schema.schema_converter import CustomGraphQLEnumType

# What is certainly a value: no exception, nothing to await, nothing that is there twice.
PLAIN = frozenset({bool, bytes, date, datetime, Decimal, dict, float, int, list, str, time, UUID})

# When the value in {v} is not what its scalar ordinarily is. The others the library converts, or refuses.
_UNLESS: dict[GraphQLLeafType, str] = {
    GraphQLString: "type({v}) is not str",
    GraphQLID: "type({v}) is not str",
    GraphQLBoolean: "type({v}) is not bool",
    GraphQLInt: "type({v}) is not int or not -0x80000000 <= {v} <= 0x7FFFFFFF",
    GraphQLFloat: "type({v}) is not float or {v} - {v} != 0",  # neither infinite nor a NaN
}

# The same for custom scalars, by the function that serialises them, with what the condition calls by name.
_KEPT: dict[Any, tuple[str, dict[str, Any]]] = {int: ("type({v}) is not int", {})}


def keeps(serialize: Callable[[Any], Any], *, unless: str, **named: object) -> None:
    """Say of a custom scalar's serialiser that it gives back what it is given, `unless` this holds of the value {v}."""
    _KEPT[serialize] = unless, named


class Names(dict[str, Any]):
    """What generated code calls by name."""

    def name(self, thing: object) -> str:
        """A name for the thing."""
        name = f"_{len(self)}"
        self[name] = thing
        return name


def leaf(kind: GraphQLLeafType, v: str, names: Names) -> list[str]:
    """Lines that make of the value in the variable `v`, which is not None, what the answer holds."""
    unless = _UNLESS.get(kind)
    if unless is None:
        unless, named = _KEPT.get(kind.coerce_output_value, (None, {}))
        names.update(named)
    if unless is not None:
        return [f"if {unless.format(v=v)}: raise Unusual"]
    if isinstance(kind, CustomGraphQLEnumType):
        members, written = names.name(kind.wrapped_cls), names.name(_written(kind))
        return [f"if type({v}) is not {members}: raise Unusual", f"{v} = {written}[{v}]"]
    unless = f"if type({v}) not in PLAIN: raise Unusual"
    return [unless, f"{v} = {names.name(kind.coerce_output_value)}({v})", unless]


def _written(kind: CustomGraphQLEnumType) -> dict[Any, str]:
    """The members that can be written, and how."""
    values = {value.value for value in kind.values.values()}
    members: Any = kind.wrapped_cls
    return {member: kind.coerce_output_value(member) for member in members if member.value in values}
