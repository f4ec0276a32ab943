"""Which values are objects of which type, by their class: what Strawberry would find out for each value anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLAbstractType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType
from graphql.pyutils import Undefined, is_awaitable
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from gql_users.graphql.execution.plans.leaves import Names
from gql_users.graphql.execution.plans.unusual import Unusual

# More classes than this for one type are made while the service runs, and are not remembered.
_MOST_CLASSES = 100

_NOT_CAST = f"if hasattr(s, {TYPE_CAST_ATTRIBUTE!r}): raise Unusual"


def definition_of(kind: GraphQLNamedType) -> Any:
    """What Strawberry made this type from."""
    return kind.extensions.get("strawberry-definition")


def object_check(kind: GraphQLObjectType, names: Names) -> list[str] | None:
    """Lines that raise Unusual unless `s` is certainly an object of the type; None when only the type can tell."""
    classes = _classes(kind)
    if classes is None:
        return None
    known: set[type] = set()

    def learn(value: object) -> None:
        if _is_nothing(value) or not isinstance(value, classes):
            raise Unusual
        if len(known) < _MOST_CLASSES:
            known.add(type(value))

    check = [f"if type(s) not in {names.name(known)}: {names.name(learn)}(s)"]
    return check if kind.is_type_of is None else [*check, _NOT_CAST]


def is_made_for(made: type[Any], kind: GraphQLObjectType) -> bool:
    """Are this class's objects, as they are when they are new, certainly objects of the type?"""
    classes, new = _classes(kind), object.__new__(made)
    is_cast = kind.is_type_of is not None and hasattr(new, TYPE_CAST_ATTRIBUTE)
    return classes is not None and isinstance(new, classes) and not is_cast and not _is_nothing(new)


def dispatch(
    kind: GraphQLAbstractType, completes: dict[GraphQLObjectType, Callable[[Any], Any]], names: Names
) -> list[str] | None:
    """Lines that complete `s` as what it is; None when only the type can tell."""
    definition = definition_of(kind)
    if definition is None or getattr(definition, "resolve_type", None) is not None:
        return None
    by_definition = {id(definition_of(each)): (each, complete) for each, complete in completes.items()}
    by_class: dict[type, Callable[[Any], Any]] = {}

    def find(value: object) -> Callable[[Any], Any]:
        found = get_object_definition(value)
        of, complete = by_definition.get(id(found), (None, None))
        if found is None or of is None or complete is None or found.is_graphql_generic:
            raise Unusual
        if isinstance(kind, GraphQLInterfaceType) and not (
            isinstance(value, definition.origin) and found.name == of.name
        ):
            raise Unusual
        if len(by_class) < _MOST_CLASSES:
            by_class[type(value)] = complete
        return complete

    return [_NOT_CAST, f"return ({names.name(by_class)}.get(type(s)) or {names.name(find)}(s))(s)"]


def _classes(kind: GraphQLObjectType) -> Any:
    """The classes of the objects of the type; None when only the type can tell."""
    definition = definition_of(kind)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_type_of is not None:
        return None
    if kind.is_type_of is None:
        return object
    return (definition.origin, *(each.origin for each in definition.interfaces))


def _is_nothing(value: object) -> bool:
    """Is it what stands for no object: none, one that is to come, or the reason why there is none?"""
    return value is None or value is Undefined or isinstance(value, Exception) or is_awaitable(value)
