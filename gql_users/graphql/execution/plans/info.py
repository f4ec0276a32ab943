"""What a resolver is told of its field: the context at once, the rest when it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from gql_users.graphql.execution.plans.variables import Sent


class LazyInfo:
    """Stands for a GraphQLResolveInfo, which is made when anything but these is asked for.

    `selections` is where what is selected below the field is remembered: it is the same each time.
    """

    __slots__ = ("_made", "_make", "_sent", "context", "selections")

    def __init__(
        self,
        context: object,
        selections: dict[str, frozenset[str]],
        make: Callable[[Sent, object], GraphQLResolveInfo[Any]],
        sent: Sent,
    ) -> None:
        self.context = context
        self.selections = selections
        self._make = make
        self._sent = sent
        self._made: GraphQLResolveInfo[Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make(self._sent, self.context)
        return getattr(self._made, name)
