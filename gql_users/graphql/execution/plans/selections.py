"""What a document selects below a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)
from strawberry import Info


def selected(info: Info[Any, Any], type_name: str) -> frozenset[str]:
    """The names, as the schema has them, of all fields that are asked for on objects of this type.

    Anywhere below the field that is resolved: in fragments too, on interfaces of the type too, and whatever @skip and
    @include say. `__typename` is no field of any type, and not among them.
    """
    raw = info._raw_info
    below = _Below(raw.schema, raw.fragments, cast("GraphQLObjectType", raw.schema.type_map[type_name]))
    parts = (node.selection_set for node in raw.field_nodes if node.selection_set)
    return frozenset(name for part in parts for name in below.names(part, get_named_type(raw.return_type)))


class _Below:
    """Reads selections, each fragment once."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], kind: GraphQLObjectType
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.kind = kind
        self.seen: set[str] = set()

    def names(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> Iterator[str]:
        """The names that are selected on the type, here and below."""
        for each in selections.selections:
            if isinstance(each, FieldNode):
                yield from self._of_field(each, parent)
            elif isinstance(each, FragmentSpreadNode):
                if each.name.value not in self.seen:
                    self.seen.add(each.name.value)
                    yield from self._of_fragment(self.fragments[each.name.value], parent)
            else:
                yield from self._of_fragment(each, parent)

    def _of_field(self, node: FieldNode, parent: GraphQLNamedType) -> Iterator[str]:
        name = node.name.value
        field = getattr(parent, "fields", {}).get(name)
        if field is None:  # __typename
            return
        if parent is self.kind or (is_abstract_type(parent) and self.schema.is_sub_type(parent, self.kind)):
            yield name
        if node.selection_set is not None:
            yield from self.names(node.selection_set, get_named_type(field.type))

    def _of_fragment(self, fragment: Any, parent: GraphQLNamedType) -> Iterator[str]:
        condition = fragment.type_condition
        kind = self.schema.type_map[condition.name.value] if condition is not None else parent
        yield from self.names(fragment.selection_set, kind)
