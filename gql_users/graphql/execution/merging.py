"""Validation: fields of the same name in an answer must be the same (GraphQL specification, Field Selection Merging).

The library compares each field with each other, which two hundred repetitions of one field make slow. What has to be
alike is alike when each is like the first, so here fields are gathered under the name they answer to, and the fields
inside them all at once. What stands in an interface belongs to each of its objects and is looked at with each; a budget
keeps that from multiplying without end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    TypeNameMetaFieldDef,
    ValidationContext,
    ValidationRule,
    get_named_type,
    is_leaf_type,
    is_object_type,
    print_ast,
    specified_rules,
)
from graphql.utilities.sort_value_node import sort_value_node

from gql_users.graphql.execution.too_complex import TooComplexError


@dataclass(frozen=True, slots=True)
class _Selected:
    """A field as it stands in a document, and in the schema."""

    parent: GraphQLNamedType | None
    node: FieldNode
    known: GraphQLField | None


# Of five hundred fields, each may be looked at twenty times.
MOST_LOOKS = 10_000


class FieldsMerge(ValidationRule):
    """The rule, for documents that keep all the others. Raises TooComplexError where it would take too long."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._looks = 0
        self._has_reported = False
        self._said: dict[int, frozenset[tuple[str, str]]] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_more: Any) -> None:
        """Look at all that an operation selects."""
        root = self.context.schema.get_root_type(node.operation)
        selected = [*self._unfolded(node.selection_set, root, set())]
        self._require_alike_shapes(selected)
        if not self._has_reported:
            self._require_same_fields(selected)

    def _require_alike_shapes(self, selected: Iterable[_Selected]) -> None:
        """Whatever an object turns out to be, a name has the same kind of value: lists, nulls, scalars and enums."""
        for group in _by_name(selected):
            shapes = {_shape(each.known) for each in group if each.known is not None}
            if len(shapes) > 1:
                self._report(group, "they return different kinds of values")
            self._require_alike_shapes(self._inside(group))

    def _require_same_fields(self, selected: Iterable[_Selected]) -> None:
        """Where an object can be both at once, a name means the same field with the same arguments."""
        for named in _by_name(selected):
            for group in _of_one_object(named):
                if len({each.node.name.value for each in group}) > 1:
                    self._report(group, "they are different fields")
                elif len(group) > 1 and len({self._arguments(each.node) for each in group}) > 1:
                    self._report(group, "they have different arguments")
                self._require_same_fields(self._inside(group))

    def _inside(self, group: Iterable[_Selected]) -> Iterator[_Selected]:
        """What is selected in any of the fields."""
        seen: set[str] = set()
        for each in group:
            if each.node.selection_set is not None:
                kind = get_named_type(each.known.type) if each.known is not None else None
                yield from self._unfolded(each.node.selection_set, kind, seen)

    def _unfolded(
        self, selection_set: SelectionSetNode, kind: GraphQLNamedType | None, seen: set[str]
    ) -> Iterator[_Selected]:
        """The fields of a selection, those of its fragments included; the same fragment once."""
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                self._looks += 1
                if self._looks > MOST_LOOKS:
                    raise TooComplexError("Too many fields share a name.", selection)
                name = selection.name.value
                known = TypeNameMetaFieldDef if name == "__typename" else getattr(kind, "fields", {}).get(name)
                yield _Selected(kind, selection, known)
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                inside = self.context.schema.get_type(named.name.value) if named is not None else kind
                yield from self._unfolded(selection.selection_set, inside, seen)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = self.context.get_fragment(selection.name.value)
                if fragment is not None:
                    inside = self.context.schema.get_type(fragment.type_condition.name.value)
                    yield from self._unfolded(fragment.selection_set, inside, seen)

    def _arguments(self, node: FieldNode) -> frozenset[tuple[str, str]]:
        """What the arguments say, in an order of its own; found out once for each field of the document."""
        if id(node) not in self._said:
            said = ((each.name.value, print_ast(sort_value_node(each.value))) for each in node.arguments or ())
            self._said[id(node)] = frozenset(said)
        return self._said[id(node)]

    def _report(self, group: list[_Selected], reason: str) -> None:
        self._has_reported = True
        name = _answered_as(group[0].node)
        message = f"Fields '{name}' conflict because {reason}. Use different aliases to fetch both."
        self.report_error(GraphQLError(message, [each.node for each in group]))


# All the others, which come first: they find fault with what this one would follow without end.
OTHERS = tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule)


def _by_name(selected: Iterable[_Selected]) -> Iterator[list[_Selected]]:
    groups: dict[str, list[_Selected]] = defaultdict(list)
    for each in selected:
        groups[_answered_as(each.node)].append(each)
    return iter(groups.values())


def _of_one_object(selected: list[_Selected]) -> Iterator[list[_Selected]]:
    """The fields that one object can have together: those of its own type, and of everything that is no object type."""
    groups: dict[GraphQLNamedType | None, list[_Selected]] = defaultdict(list)
    for each in selected:
        groups[each.parent if is_object_type(each.parent) else None].append(each)
    shared = groups.pop(None, [])
    return iter([[*group, *shared] for group in groups.values()] or [shared])


def _answered_as(node: FieldNode) -> str:
    return (node.alias or node.name).value


def _shape(known: GraphQLField) -> str:
    named = get_named_type(known.type)
    return str(known.type) if is_leaf_type(named) else str(known.type).replace(named.name, "{}")
