"""The schema as the matrix sees it: every field of every type, and how to select it."""

from __future__ import annotations

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from gql_users.graphql.schema import printed

SCHEMA = build_schema(printed())


def every_field() -> dict[str, GraphQLOutputType]:
    """The type of each field of each object type and interface, introspection aside, by `Type.field`."""
    return {
        f"{kind.name}.{name}": field.type
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__")
        for name, field in kind.fields.items()
    }


def every_description() -> dict[str, str | None]:
    """The description of each of these types, by its name, and of each of their fields, by `Type.field`."""
    kinds = [kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLInterfaceType | GraphQLObjectType)]
    fields = {f"{kind.name}.{name}": field.description for kind in kinds for name, field in kind.fields.items()}
    return {kind.name: kind.description for kind in kinds} | fields


def selection(name: str) -> str:
    """What must follow a field in a document."""
    return "" if is_leaf_type(get_named_type(every_field()[name])) else " { __typename }"
