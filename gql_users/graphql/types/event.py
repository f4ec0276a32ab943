"""Something that happened, as clients see it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry
from strawberry.scalars import JSON

from gql_users import models
from gql_users.events import EventKind
from gql_users.graphql.context import Info
from gql_users.graphql.ids import global_id
from gql_users.graphql.types.node import Node

if TYPE_CHECKING:
    from gql_users.graphql.types.user import User

strawberry.enum(EventKind, description="What happened. More kinds may be added.")

LazyUser = Annotated["User", strawberry.lazy("gql_users.graphql.types.user")]


async def _actor(root: Any, info: Info) -> LazyUser | None:
    """The one who acted."""
    return await _seen(info, root.actor_number)


async def _user(root: Any, info: Info) -> LazyUser | None:
    """The one it is about."""
    return await _seen(info, root.user_number)


async def _seen(info: Info, number: int | None) -> User | None:
    from gql_users.graphql.types.user import User  # noqa: PLC0415 - the two types know each other

    return User.of_found(await info.context.users.load(number)) if number is not None else None


@strawberry.type(description="Something that happened, and is never changed. Seen by whom it is about, and by admins.")
class Event(Node):
    """An entry of the audit log."""

    kind: EventKind = strawberry.field(description="What happened.")
    occurred_at: datetime = strawberry.field(description="When.")
    ip_address: str | None = strawberry.field(description="The address the request came from.")
    user_agent: str | None = strawberry.field(description="The browser or app, as it names itself.")
    details: JSON | None = strawberry.field(
        description="Names and numbers that make it clearer, never what somebody typed in."
    )
    actor_number: strawberry.Private[int | None]
    user_number: strawberry.Private[int | None]

    actor: LazyUser | None = strawberry.field(
        resolver=_actor, description="Who did it. Null for the command line, strangers, and who may not be seen."
    )
    user: LazyUser | None = strawberry.field(
        resolver=_user, description="Whose account it is about. Null when it is gone."
    )

    @classmethod
    def of(cls, event: models.Event) -> Self:
        """The row, as a client sees it."""
        return cls(
            id=strawberry.ID(global_id("Event", event.id)),
            kind=EventKind(event.kind),
            occurred_at=event.occurred_at,
            ip_address=event.ip_address,
            user_agent=event.user_agent,
            details=JSON(event.details) if event.details is not None else None,
            actor_number=event.actor_id,
            user_number=event.user_id,
        )
