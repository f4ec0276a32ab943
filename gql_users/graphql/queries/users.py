"""Who is there?"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import strawberry

from gql_users.criteria import EVERYBODY, NEWEST_FIRST
from gql_users.graphql.connections import Connection, connection, request
from gql_users.graphql.context import Info
from gql_users.graphql.inputs.page import After, Before, First, Last
from gql_users.graphql.inputs.user_filter import UserFilterInput, UserOrderInput
from gql_users.graphql.types.user import User, view

Search = Annotated[str | None, strawberry.argument(description="Part of a name, username or address, ignoring case.")]


async def find_users(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    filter: UserFilterInput | None = None,
    order_by: UserOrderInput | None = None,
    search: Search = None,
) -> Connection[User] | None:
    """A page of the users that match."""
    actor, directory = info.context.actor, info.context.services.directory
    wanted = filter.criteria() if filter else EVERYBODY
    order = order_by.criteria() if order_by else NEWEST_FIRST
    part, asked = request(info, first, after, last, before), view(info)
    page = await directory.page(actor, part, wanted, order, search, asked.columns)
    return connection(info, page, asked, partial(directory.count, actor, wanted, search))
