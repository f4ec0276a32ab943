"""The arguments of a field, decided once as far as they do not depend on variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal
from strawberry.types.field import StrawberryField

from gql_users.graphql.execution.plans.coercions import LASTING
from gql_users.graphql.execution.plans.inputs import Convert, Inputs
from gql_users.graphql.execution.plans.unusual import Unusual

Read: TypeAlias = Callable[[dict[str, Any]], Any]


class Arguments:
    """What one field is given. Raises Unusual for arguments that only the library understands."""

    def __init__(self, field: GraphQLField, node: FieldNode, definition: StrawberryField, inputs: Inputs) -> None:
        self._constant: dict[str, Any] = {}
        self._others: list[tuple[str, Read, Convert | None]] = []
        written = {each.name.value: each.value for each in node.arguments or ()}
        for argument in definition.arguments:
            name = inputs.config.name_converter.from_argument(argument)
            read = _given_or_absent(field.args[name], written.get(name))
            self._add(argument.python_name, read, inputs.converter(argument.type))

    def given(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The resolver's keyword arguments. Raises something when the library must look at them."""
        keywords = self._constant.copy()
        for name, read, convert in self._others:
            value = read(variables)
            if value is not Undefined:
                keywords[name] = value if convert is None else convert(value)
        return keywords

    def _add(self, name: str, read: Read, convert: Convert | None) -> None:
        if convert is not None or not isinstance(read, _Constant):
            self._others.append((name, read, convert))
        elif read.value is not Undefined:
            self._constant[name] = read.value


class _Constant:
    """What is the same each time."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _variables: dict[str, Any]) -> Any:
        return self.value


def _given_or_absent(field: Any, node: ValueNode | None) -> Read:
    """The value of an argument, or of a field of an input, that stands in the document, or does not."""
    # The library too gives the same default to one request after the other.
    absent = Unusual if is_required_argument(field) else coerce_default_value(field)
    if node is None:
        return _certain(_Constant(absent))
    read = _value(node, field.type)
    if not isinstance(node, VariableNode):
        return read

    def given_or_absent(variables: dict[str, Any]) -> Any:
        value = read(variables)
        return value if value is not Undefined else _usual(absent)

    return given_or_absent


def _certain(constant: _Constant) -> _Constant:
    _usual(constant.value)
    return constant


def _usual(value: Any) -> Any:
    if value is Unusual:
        raise Unusual
    return value


def _value(node: ValueNode, kind: Any) -> Read:
    """The value of this type that is written so; Undefined for a variable without one."""
    if isinstance(node, VariableNode):
        return _variable(node.name.value, takes_null=not is_non_null_type(kind))
    kind = get_nullable_type(kind)
    if not _has_variables(node):
        return _literal(node, kind)
    if is_list_type(kind) and isinstance(node, ListValueNode):
        return _list(
            [_value(each, kind.of_type) for each in node.values], takes_null=not is_non_null_type(kind.of_type)
        )
    if is_input_object_type(kind) and isinstance(node, ObjectValueNode) and not kind.is_one_of:
        return _object(kind, {each.name.value: each.value for each in node.fields})
    raise Unusual


def _variable(name: str, *, takes_null: bool) -> Read:
    def variable(variables: dict[str, Any]) -> Any:
        value = variables.get(name, Undefined)
        if value is None and not takes_null:
            raise Unusual
        return value

    return variable


def _literal(node: ValueNode, kind: Any) -> Read:
    value = coerce_input_literal(node, kind)
    if value is Undefined:
        raise Unusual
    if _is_lasting(value, kind):
        return _Constant(value)
    return lambda _variables: coerce_input_literal(node, kind)


def _list(items: list[Read], *, takes_null: bool) -> Read:
    def values(variables: dict[str, Any]) -> list[Any]:
        found = [read(variables) for read in items]
        if not takes_null and any(value is Undefined for value in found):
            raise Unusual
        return [None if value is Undefined else value for value in found]

    return values


def _object(kind: GraphQLInputObjectType, written: dict[str, ValueNode]) -> Read:
    known = [
        (field.out_name or name, _given_or_absent(field, written.get(name))) for name, field in kind.fields.items()
    ]
    fields = [(name, read) for name, read in known if not (isinstance(read, _Constant) and read.value is Undefined)]

    def value(variables: dict[str, Any]) -> Any:
        found = {}
        for name, read in fields:
            given = read(variables)
            if given is not Undefined:
                found[name] = given
        return kind.out_type(found)

    return value


def _has_variables(node: ValueNode) -> bool:
    if isinstance(node, ListValueNode):
        return any(_has_variables(each) for each in node.values)
    if isinstance(node, ObjectValueNode):
        return any(_has_variables(each.value) for each in node.fields)
    return isinstance(node, VariableNode)


def _is_lasting(value: Any, kind: Any) -> bool:
    """Can a value be given to one request after the other? What is converted is made anew."""
    kind = get_nullable_type(kind)
    if isinstance(value, LASTING):
        return True
    if is_list_type(kind):
        return all(_is_lasting(each, kind.of_type) for each in value)
    if is_input_object_type(kind) and type(value) is dict:
        return all(name in kind.fields and _is_lasting(each, kind.fields[name].type) for name, each in value.items())
    return False
