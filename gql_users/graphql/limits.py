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
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)

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
