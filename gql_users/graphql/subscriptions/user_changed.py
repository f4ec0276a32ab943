"""What becomes of accounts, as it happens."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from gql_users.events import UserChangeKind
from gql_users.graphql.context import Context, Info
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.user_change import UserChange
from gql_users.services.following import Following

Whose = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Whose account; without, everybody's for admins and one's own for members."),
]
Kinds = Annotated[
    list[UserChangeKind] | None, strawberry.argument(description="What to be told of; without, of every change.")
]


async def follow_user_changes(info: Info, id: Whose = None, kinds: Kinds = None) -> AsyncGenerator[UserChange, None]:
    """The changes of one account, or of all that the caller may see, from now on."""
    number = user_number(id) if id is not None else None
    # Refused here, and not by the first change: before the stream begins.
    following = await info.context.services.changes.follow(info.context.actor, number, kinds)
    return _told(info.context, following)


async def _told(context: Context, following: Following) -> AsyncGenerator[UserChange, None]:
    try:
        async for change in following:
            context.actor = following.actor
            yield UserChange.of(change)
    finally:
        context.services.changes.leave(following)
