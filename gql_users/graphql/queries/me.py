"""Who am I?"""

from __future__ import annotations

from gql_users.graphql.context import Info
from gql_users.graphql.types.user import User, view


async def find_me(info: Info) -> User | None:
    """The caller's own account; null for strangers."""
    asked, context = view(info), info.context
    return asked.of_found(await context.services.directory.me(context.actor, asked.columns))
