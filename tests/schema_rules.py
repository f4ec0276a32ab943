"""What every part of the schema must be like: rules, each of which names the parts that are otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
)

Part: TypeAlias = GraphQLNamedType | GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue
Rule: TypeAlias = Callable[[GraphQLSchema], Iterator[str]]
Output: TypeAlias = GraphQLObjectType | GraphQLInterfaceType

# Each code is told in one place, the tree of errors, and its name is all that a client is promised.
WITHOUT_DESCRIPTIONS = re.compile(r"ErrorCode\.")

# A frontend cannot go on without the one, and the other is what Relay says it is.
ROOT_FIELDS_THAT_ARE_NEVER_NULL = {"Query.serviceInfo", "Query.nodes"}
LISTS_WITH_HOLES = {"Query.nodes"}

# What comes in is an input, or says for which part of one it is.
INPUTS = re.compile(r"(Input|Filter|Order|By)$")
PAGE = {"first": "Int", "after": "String", "last": "Int", "before": "String"}


def parts(schema: GraphQLSchema) -> Iterator[tuple[str, Part]]:
    """Everything that has a name, by the name that leads to it."""
    for kind in schema.type_map.values():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        yield kind.name, kind
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind.name}.{name}", value) for name, value in kind.values.items())
        for name, field in getattr(kind, "fields", {}).items():
            yield f"{kind.name}.{name}", field
            for argument, what in getattr(field, "args", {}).items():
                yield f"{kind.name}.{name}({argument}:)", what


def fields(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    """Every field that can be asked for."""
    return ((name, part) for name, part in parts(schema) if isinstance(part, GraphQLField))


def outputs(schema: GraphQLSchema) -> Iterator[Output]:
    """Every type that has such fields."""
    return (part for _, part in parts(schema) if isinstance(part, GraphQLObjectType | GraphQLInterfaceType))


def mutations(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """The deeds, by their names with a capital."""
    deeds = schema.mutation_type.fields if schema.mutation_type else {}
    return {name[0].upper() + name[1:]: field for name, field in deeds.items()}


def without_a_description(schema: GraphQLSchema) -> Iterator[str]:
    """Everything is described, in sentences."""
    for name, part in parts(schema):
        described = (part.description or "").rstrip().endswith((".", "?", "`"))
        if not described and not WITHOUT_DESCRIPTIONS.match(name):
            yield name


def misspelt(schema: GraphQLSchema) -> Iterator[str]:
    """Types are written LikeThis, values LIKE_THIS, and all else likeThis."""
    for name, part in parts(schema):
        spelling = "[a-z][a-zA-Z0-9]*"
        if isinstance(part, GraphQLNamedType):
            spelling = "[A-Z][a-zA-Z0-9]*"
        if isinstance(part, GraphQLEnumValue):
            spelling = "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"
        if not re.fullmatch(spelling, re.split(r"[.(]", name.removesuffix(":)"))[-1]):
            yield name


def misnamed(schema: GraphQLSchema) -> Iterator[str]:
    """What a type is for can be told by the end of its name, and the other way round."""
    refusal, deeds = schema.type_map.get("MutationError"), mutations(schema)
    for name, kind in schema.type_map.items():
        is_refusal = kind is refusal or refusal in getattr(kind, "interfaces", ())
        wrong = [
            isinstance(kind, GraphQLInputObjectType) != bool(INPUTS.search(name)),
            name.endswith("Input") and name.removesuffix("Input") not in deeds,
            name.endswith("Payload") and name.removesuffix("Payload") not in deeds,
            name.endswith("Error") != is_refusal,
            name.endswith("Connection") != ("pageInfo" in getattr(kind, "fields", {})),
            name.endswith("Edge") != ("cursor" in getattr(kind, "fields", {})),
        ]
        if any(wrong):
            yield name


def deeds_of_another_shape(schema: GraphQLSchema) -> Iterator[str]:
    """A mutation takes one input, and answers refusals in a payload; what a refused one cannot give is null."""
    for name, field in mutations(schema).items():
        payload = getattr(field.type, "fields", {})
        taken = {argument: str(what.type) for argument, what in field.args.items()}
        required = {each: str(what.type) for each, what in payload.items() if isinstance(what.type, GraphQLNonNull)}
        answers = (str(field.type), required) == (f"{name}Payload", {"errors": "[MutationError!]!"})
        if taken != {"input": f"{name}Input!"} or not answers:
            yield name


def root_fields_that_take_others_with_them(schema: GraphQLSchema) -> Iterator[str]:
    """A question that fails is null, and leaves the other answers alone."""
    for kind in filter(None, (schema.query_type, schema.mutation_type)):
        for name, field in kind.fields.items():
            is_never_null = f"{kind.name}.{name}" in ROOT_FIELDS_THAT_ARE_NEVER_NULL
            if isinstance(field.type, GraphQLNonNull) != is_never_null:
                yield f"{kind.name}.{name}"


def lists_with_holes(schema: GraphQLSchema) -> Iterator[str]:
    """There is no null in a list."""
    for name, part in parts(schema):
        has_holes = "]" in str(getattr(part, "type", "")) and "!]" not in str(getattr(part, "type", ""))
        if has_holes != (name in LISTS_WITH_HOLES):
            yield name


def pages_of_another_shape(schema: GraphQLSchema) -> Iterator[str]:
    """A page is a connection by Relay's specification, which also has its entries alone and can be counted."""
    for kind in outputs(schema):
        given = {name: str(field.type) for name, field in kind.fields.items()}
        one = kind.name.removesuffix("Connection").removesuffix("Edge")
        edge = {"cursor": "String!", "node": f"{one}!"}
        page = {"pageInfo": "PageInfo!", "edges": f"[{one}Edge!]!", "nodes": f"[{one}!]!", "totalCount": "Int!"}
        wanted = page if kind.name.endswith("Connection") else edge if kind.name.endswith("Edge") else given
        if given != wanted:
            yield kind.name
    for name, field in fields(schema):
        taken = {argument: str(what.type) for argument, what in field.args.items()}
        is_page = get_named_type(field.type).name.endswith("Connection")
        if is_page and (isinstance(field.type, GraphQLNonNull) or PAGE.items() - taken.items()):
            yield name


def things_without_an_id(schema: GraphQLSchema) -> Iterator[str]:
    """What has an id can be fetched by it, and ids are IDs."""
    node = schema.type_map["Node"]
    for kind in outputs(schema):
        if kind is not node and ("id" in kind.fields) != (node in kind.interfaces):
            yield kind.name
    for name, part in parts(schema):
        last = re.split(r"[.(]", name.removesuffix(":)"))[-1]
        is_id = bool(re.search(r"(^id|^ids|[a-z]Ids?)$", last)) and last != "databaseId"
        if hasattr(part, "type") and is_id != (get_named_type(part.type).name == "ID"):
            yield name


def moments_of_another_type(schema: GraphQLSchema) -> Iterator[str]:
    """What happened at a moment says so in its name."""
    for name, field in fields(schema):
        if (get_named_type(field.type).name == "DateTime") != name.endswith("At"):
            yield name


def deprecated_without_a_word(schema: GraphQLSchema) -> Iterator[str]:
    """Whatever is deprecated says what to use instead."""
    for name, part in parts(schema):
        reason = getattr(part, "deprecation_reason", None)
        if reason is not None and not re.search("`.+`", reason):
            yield name


RULES: tuple[Rule, ...] = (
    without_a_description,
    misspelt,
    misnamed,
    deeds_of_another_shape,
    root_fields_that_take_others_with_them,
    lists_with_holes,
    pages_of_another_shape,
    things_without_an_id,
    moments_of_another_type,
    deprecated_without_a_word,
)
