"""What is this?"""

from __future__ import annotations

from typing import Annotated

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.queries.nodes import find_nodes
from gql_users.graphql.types.node import Node


async def find_node(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The opaque id.")]
) -> Node | None:
    """The thing with this id, if there is one that the caller may see."""
    return (await find_nodes(info, [id]))[0]
