"""What a document may cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    get_named_type,
)

from gql_users.paging import LARGEST_PAGE, PAGE_SIZE

# A page of a hundred with everything in it costs some hundreds; pages inside pages multiply.
LARGEST_COST = 5_000

# Each of these tries a password or a token, or hashes one: aliases must not make one request a hundred tries.
ONCE_PER_OPERATION = frozenset(
    {
        "changePassword",
        "confirmEmailChange",
        "login",
        "refresh",
        "register",
        "requestEmailChange",
        "requestEmailVerification",
        "requestPasswordReset",
        "resetPassword",
        "verifyEmail",
    }
)


class TooComplexError(GraphQLError):
    """A document asks for more than one request may: QUERY_TOO_COMPLEX."""


class SensitiveOnce(ValidationRule):
    """Each sensitive mutation stands at most once in an operation, aliases and fragments counted."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._in_fragment: Callable[[str], Counter[str]] = cache(self._count_fragment)
        self._under_way: set[str] = set()

    def enter_operation_definition(self, node: OperationDefinitionNode, *_more: Any) -> None:
        """Count the fields at the root of an operation."""
        for name, times in sorted(self._count(node.selection_set).items()):
            if times > 1:
                self.report_error(TooComplexError(f"{name} can be done once in an operation.", node))

    def _count(self, selected: SelectionSetNode) -> Counter[str]:
        found: Counter[str] = Counter()
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                found.update({selection.name.value} & ONCE_PER_OPERATION)
            elif isinstance(selection, InlineFragmentNode):
                found.update(self._count(selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                found.update(self._in_fragment(selection.name.value))
        return found

    def _count_fragment(self, name: str) -> Counter[str]:
        """Each fragment is counted once, however often it is spread; one inside itself is refused by another rule."""
        fragment = self.context.get_fragment(name)
        if fragment is None or name in self._under_way:
            return Counter()
        self._under_way.add(name)
        try:
            return self._count(fragment.selection_set)
        finally:
            self._under_way.discard(name)


class StaticCost(ValidationRule):
    """What an operation can cost at most: every object counts one, and all that is in a list as often as it is long."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._of_fragment: Callable[[str], int] = cache(self._count_fragment)
        self._under_way: set[str] = set()

    def enter_operation_definition(self, node: OperationDefinitionNode, *_more: Any) -> None:
        """Count what an operation can cost."""
        root = self.context.schema.get_root_type(node.operation)
        if root is not None and self._cost(node.selection_set, root) > LARGEST_COST:
            self.report_error(
                TooComplexError(f"An operation costs at most {LARGEST_COST}; ask for shorter pages.", node)
            )

    def _cost(self, selected: SelectionSetNode, kind: GraphQLNamedType | None) -> int:
        cost = 0
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                cost += self._cost_of_field(selection, kind)
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                inside = self.context.schema.get_type(named.name.value) if named is not None else kind
                cost += self._cost(selection.selection_set, inside)
            elif isinstance(selection, FragmentSpreadNode):
                cost += self._of_fragment(selection.name.value)
        return cost

    def _cost_of_field(self, field: FieldNode, kind: GraphQLNamedType | None) -> int:
        known = getattr(kind, "fields", {}).get(field.name.value)
        if known is None or field.selection_set is None:
            return 0
        inside = get_named_type(known.type)
        return 1 + _length(field, set(known.args)) * self._cost(field.selection_set, inside)

    def _count_fragment(self, name: str) -> int:
        """Each fragment is counted once, however often it is spread; one inside itself is refused by another rule."""
        fragment = self.context.get_fragment(name)
        if fragment is None or name in self._under_way:
            return 0
        self._under_way.add(name)
        try:
            inside = self.context.schema.get_type(fragment.type_condition.name.value)
            return self._cost(fragment.selection_set, inside)
        finally:
            self._under_way.discard(name)


def _length(field: FieldNode, arguments: set[str]) -> int:
    """How many entries a field can answer with. What a variable will say is not known yet: the most that it can."""
    if not arguments & {"first", "ids"}:
        return 1
    said = {each.name.value: each.value for each in field.arguments or ()}
    size = said.get("first") or said.get("last") or said.get("ids")
    if size is None:
        return PAGE_SIZE
    if isinstance(size, ListValueNode):
        return min(len(size.values), LARGEST_PAGE)
    if isinstance(size, IntValueNode) and len(size.value) <= len(str(LARGEST_PAGE)):
        return min(int(size.value), LARGEST_PAGE)
    return LARGEST_PAGE
