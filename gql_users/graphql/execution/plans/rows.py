"""What the answer holds of a row, with the objects that follow from it left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    TypeNameMetaFieldDef,
    get_nullable_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet

from gql_users.graphql.execution.plans.attributes import attribute_of
from gql_users.graphql.execution.plans.derived import Derivation
from gql_users.graphql.execution.plans.kinds import is_made_for
from gql_users.graphql.execution.plans.leaves import Names
from gql_users.graphql.execution.plans.loops import Body

Collected: TypeAlias = Callable[[GraphQLObjectType, FieldDetailsList], GroupedFieldSet]
Value: TypeAlias = Callable[[GraphQLOutputType, FieldDetailsList, str, Names], list[str] | None]


class Rows:
    """Writes Python for the rows of lists.

    `collected` are the fields that are selected on a type, and `value` writes lines that complete the value of a field.
    """

    def __init__(self, schema: GraphQLSchema, collected: Collected, value: Value) -> None:
        self.schema = schema
        self.collected = collected
        self.value = value

    def answer(
        self, kind: GraphQLOutputType, details: FieldDetailsList, derivation: Derivation[Any], body: Body
    ) -> str | None:
        """The expression of what the answer holds of a row's object of this type; None where the object is needed."""
        of = get_nullable_type(kind)
        if not is_object_type(of) or not is_made_for(derivation.kind, of):
            return None
        answers: dict[str, str | None] = {}
        asked = set()
        for response_name, each in self.collected(of, details).items():
            field = self.schema.get_field(of, each[0].node.name.value)
            if field is TypeNameMetaFieldDef:
                answers[response_name] = repr(of.name)
                continue
            attribute = attribute_of(field) if field is not None else None
            if field is None or attribute is None or attribute not in derivation.attributes:
                return None
            asked.add(attribute)
            answers[response_name] = self._of_field(field, each, derivation, attribute, body)
        body.lines += derivation.unasked(asked, body.column, body.names)
        return _dictionary(answers)

    def _of_field(
        self, field: GraphQLField, details: FieldDetailsList, derivation: Derivation[Any], attribute: str, body: Body
    ) -> str | None:
        how = derivation.attributes[attribute]
        if isinstance(how, Derivation):
            return self.answer(field.type, details, how, body)
        v = body.value()
        lines = self.value(field.type, details, v, body.names)
        body.lines += [f"{v} = {derivation.expression(how, body.column, body.names)}", *(lines or ())]
        return v if lines is not None else None


def _dictionary(answers: dict[str, str | None]) -> str | None:
    return (
        f"{{{', '.join(f'{name!r}: {answer}' for name, answer in answers.items())}}}" if all(answers.values()) else None
    )
