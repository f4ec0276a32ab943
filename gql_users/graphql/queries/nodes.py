"""What are these?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.ids import find_event_id, find_session_id, find_user_number
from gql_users.graphql.types.event import Event
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.session import Session
from gql_users.graphql.types.user import view


async def find_nodes(
    info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="The opaque ids, at most 100.")]
) -> list[Node | None]:
    """The things with these ids, in their order; null for what does not exist or may not be seen."""
    context = info.context
    actor, services = context.actor, context.services
    # Asked first in any case: it says who may ask, and for how many.
    asked = view(info)
    users = await services.directory.find_many(actor, [find_user_number(each) for each in ids], asked.columns)
    found: dict[str, Node] = {each: asked.of(user) for each, user in zip(ids, users, strict=True) if user is not None}
    if sessions := _of_kind(find_session_id, ids):
        rows = await services.session_list.find_many(actor, [*sessions.values()])
        found |= {each: Session.of(info, row) for each, row in zip(sessions, rows, strict=True) if row is not None}
    if events := _of_kind(find_event_id, ids):
        logged = await services.history.find_many(actor, [*events.values()])
        found |= {each: Event.of(row) for each, row in zip(events, logged, strict=True) if row is not None}
    return [found.get(each) for each in ids]


def _of_kind(find: Callable[[str], UUID | None], ids: Sequence[str]) -> dict[str, UUID]:
    """Those of the ids that are of one kind, and what they stand for."""
    return {each: key for each in ids if (key := find(each)) is not None}
