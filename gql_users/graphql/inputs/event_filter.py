"""How clients narrow the audit log."""

from __future__ import annotations

import strawberry

from gql_users.criteria import EventFilter
from gql_users.events import EventKind
from gql_users.graphql.ids import user_number
from gql_users.graphql.inputs.user_filter import DateTimeFilterInput


@strawberry.input(
    name="EventFilter",
    description="Which events are wanted. All that is given must hold; null is no condition.",
)
class EventFilterInput:
    """Conditions on events."""

    kinds: list[EventKind] | None = strawberry.field(description="One of these.", default=None)
    user_id: strawberry.ID | None = strawberry.field(description="About this account.", default=None)
    actor_id: strawberry.ID | None = strawberry.field(description="Done by this user.", default=None)
    occurred_at: DateTimeFilterInput | None = strawberry.field(description="When.", default=None)

    def criteria(self) -> EventFilter:
        """The same, in the language of the service."""
        return EventFilter(
            kinds=tuple(self.kinds) if self.kinds is not None else None,
            user_id=user_number(self.user_id) if self.user_id is not None else None,
            actor_id=user_number(self.actor_id) if self.actor_id is not None else None,
            occurred_at=self.occurred_at.criteria() if self.occurred_at else None,
        )
