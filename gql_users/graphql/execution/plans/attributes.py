"""Which fields are plain attributes of their objects."""

from __future__ import annotations

from keyword import iskeyword

from graphql import GraphQLField
from strawberry.types.field import StrawberryField


def attribute_of(field: GraphQLField) -> str | None:
    """The attribute that the field is, if it is nothing but that."""
    definition = field.extensions.get("strawberry-definition")
    if not isinstance(definition, StrawberryField) or type(definition).get_result is not StrawberryField.get_result:
        return None
    is_read = getattr(field.resolve, "__name__", "") == "_get_basic_result" and definition.default_resolver is getattr
    name = str(definition.python_name)
    return name if is_read and name.isidentifier() and not iskeyword(name) else None
