"""What is this?"""

from __future__ import annotations

from typing import Annotated

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.ids import find_user_number
from gql_users.graphql.queries.nodes import find_nodes
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.user import view


async def find_node(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The opaque id.")]
) -> Node | None:
    """The thing with this id, if there is one that the caller may see."""
    number = find_user_number(id)
    if number is None:
        return (await find_nodes(info, [id]))[0]
    # Most nodes are users, and who looks one up does so together with others.
    asked, context = view(info), info.context
    return asked.of_found(await context.services.directory.find(context.actor, number, asked.columns))
