"""From what GraphQL made of an input to what a resolver takes: Strawberry's `convert_argument`, decided once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, TypeAlias

from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET

from gql_users.graphql.execution.plans.unusual import Unusual

Convert: TypeAlias = Callable[[Any], Any]


class Inputs:
    """Knows how inputs of a schema are built. Raises Unusual for types that build themselves."""

    def __init__(self, config: StrawberryConfig, scalars: Mapping[object, Any]) -> None:
        self.config = config
        self.scalars = scalars
        self._objects: dict[Any, _Object] = {}

    def converter(self, kind: Any) -> Convert | None:
        """What makes a value of this type of what GraphQL coerced; None where that is the value."""
        if isinstance(kind, StrawberryMaybe):
            return _some(self.converter(kind.of_type), takes_null=isinstance(kind.of_type, StrawberryOptional))
        if isinstance(kind, StrawberryOptional):
            return self.converter(kind.of_type)
        if isinstance(kind, LazyType):
            return self.converter(kind.resolve_type())
        if isinstance(kind, StrawberryList):
            return _list(self.converter(kind.of_type))
        if kind is GlobalID:
            raise Unusual
        if is_scalar(kind, self.scalars) or isinstance(kind, StrawberryEnumDefinition) or has_enum_definition(kind):
            return None
        return self._object(kind)

    def _object(self, kind: Any) -> Convert:
        if not has_object_definition(kind) or kind.__strawberry_definition__.from_input is not None:
            raise Unusual
        if kind not in self._objects:
            self._objects[kind] = _Object(kind, kind.__strawberry_definition__)
            self._objects[kind].learn(self)
        return self._objects[kind]


class _Object:
    """Builds inputs of one type; may have fields of the same type."""

    def __init__(self, kind: type, definition: Any) -> None:
        self.kind = kind
        self.definition = definition
        self.fields: dict[str, tuple[str, Convert | None]] = {}
        self.nulls = {
            field.python_name: None
            for field in definition.fields
            if definition.is_input and field.default_value is MISSING and field.default_factory is MISSING
        }

    def learn(self, inputs: Inputs) -> None:
        """What the fields are called, and take."""
        for field in self.definition.fields:
            name = inputs.config.name_converter.from_field(field)
            convert = inputs.converter(field.resolve_type(type_definition=self.definition))
            self.fields[name] = field.python_name, convert

    def __call__(self, value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        keywords = self.nulls.copy()
        for name, given in value.items():
            python_name, convert = self.fields[name]
            keywords[python_name] = given if convert is None else convert(given)
        return self.kind(**keywords)


def _some(convert: Convert | None, *, takes_null: bool) -> Convert:
    def some(value: Any) -> Some[Any]:
        if value is None and not takes_null:
            raise Unusual
        return Some(value if convert is None else convert(value))

    return some


def _list(convert: Convert | None) -> Convert:
    def converted(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        return list(value) if convert is None else [convert(each) for each in value]

    return converted
