"""What has happened?"""

from __future__ import annotations

from functools import partial

from gql_users.criteria import EventFilter
from gql_users.graphql.connections import Connection, connection, request
from gql_users.graphql.context import Info
from gql_users.graphql.inputs.event_filter import EventFilterInput
from gql_users.graphql.inputs.page import After, Before, First, Last
from gql_users.graphql.types.event import EVENT, Event


async def find_events(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    filter: EventFilterInput | None = None,
) -> Connection[Event] | None:
    """A page of the events that match, the newest first."""
    actor, history = info.context.actor, info.context.services.history
    wanted = filter.criteria() if filter else EventFilter()
    page = await history.page(actor, request(info, first, after, last, before), wanted)
    return connection(info, page, EVENT, partial(history.count, actor, wanted))
