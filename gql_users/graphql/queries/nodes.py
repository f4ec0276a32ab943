"""What are these?"""

from __future__ import annotations

from typing import Annotated

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.ids import find_user_number
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.user import User


async def find_nodes(
    info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="The opaque ids, at most 100.")]
) -> list[Node | None]:
    """The things with these ids, in their order; null for what does not exist or may not be seen."""
    context = info.context
    numbers = [find_user_number(each) for each in ids]
    found = await context.services.directory.find_many(context.actor, numbers)
    return [User.of_found(each) for each in found]
