"""Lists that follow from rows, in all the ways in which they may, and in some in which they should not."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any

from graphql import GraphQLObjectType, GraphQLString, get_nullable_type, is_object_type

from gql_users.graphql.execution.plans.derived import Derivation, Derived

WAYS = 5

Value = Callable[[Any], Any]


def derived(kind: Any, number: int, by: Random, value: Value) -> Derived[Any]:
    """So many objects of this type, of columns with such a `value` for each of the types of its fields."""
    derivation = _derivation(kind, by.randrange(WAYS))
    columns = sorted(derivation.columns)
    by.shuffle(columns)
    kinds = {name: _kind_of(kind, name) for name in columns}
    rows = [{name: value(kinds[name]) for name in columns} for _ in range(number)]
    return Derived(derivation, _rows(columns, rows, by), by.choice(("Ada", "", None)))


def _rows(columns: Sequence[str], values: Sequence[dict[str, Any]], by: Random) -> Sequence[Any]:
    """Rows of one class, or of one that does not say what stands where, or of several."""
    row, other = _row(tuple(columns)), _row(tuple(columns[::-1]))
    chance = by.random()
    if chance < 0.1:
        return [SimpleNamespace(**each) for each in values]
    if chance < 0.2:
        return [by.choice((row, other))(**each) for each in values]
    return [row(**each) for each in values]


@cache
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


@cache
def _derivation(kind: GraphQLObjectType, way: int, before: str = "", depth: int = 1) -> Derivation[Any]:
    """How objects of this type follow: simply, each from several rows' worth of columns, or not always."""
    attributes: dict[str, str | Derivation[Any]] = {}
    for name, field in _plain(kind).items():
        of = get_nullable_type(field.type)
        if way == 1 and depth and is_object_type(of):
            attributes[name] = _derivation(of, way, f"{before}{name}__", depth - 1)
        elif way == 2 and of is GraphQLString:
            attributes[name] = f"{{trip}}({{{before}{name}}}, {{word}})"
        elif way == 3 and name == "name":
            attributes[name] = f"{{{before}{name}}} or {{row}}.{before}{name} or {{word}}"
        else:
            attributes[name] = f"{{{before}{name}}}"
    if way == 4:
        attributes.popitem()
    origin = kind.extensions["strawberry-definition"].origin
    return Derivation(origin, attributes, {"trip": _trip}, given=["word"])


def _plain(kind: GraphQLObjectType) -> dict[str, Any]:
    """The fields without resolvers; their names are the attributes' here."""
    definition = kind.extensions["strawberry-definition"]
    plain = {each.python_name for each in definition.fields if not each.base_resolver}
    return {name: field for name, field in kind.fields.items() if name in plain}


def _kind_of(kind: GraphQLObjectType, column: str) -> Any:
    """The type of the field that a column is for."""
    name, _, rest = column.partition("__")
    field = kind.fields[name].type
    return _kind_of(get_nullable_type(field), rest) if rest else field


def _trip(value: object, word: object) -> object:
    """The value. Some it does not like, in ways that are taken for something else where nobody looks."""
    if value == "":
        raise IndexError("tripped")
    if value == word:
        raise StopIteration("tripped")
    return value
