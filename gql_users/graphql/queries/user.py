"""Who is this?"""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.ids import find_user_number
from gql_users.graphql.types.scalars import BigInt
from gql_users.graphql.types.user import User, view


@strawberry.input(one_of=True, description="What to know a user by: exactly one of these.")
class UserBy:
    """The ways to name one user."""

    id: strawberry.ID | None = strawberry.field(description="The opaque id.", default=strawberry.UNSET)
    database_id: BigInt | None = strawberry.field(description="The number REST uses.", default=strawberry.UNSET)
    email: str | None = strawberry.field(description="The address, however it is spelled.", default=strawberry.UNSET)
    username: str | None = strawberry.field(description="The username, ignoring case.", default=strawberry.UNSET)


async def find_user(info: Info, by: UserBy) -> User | None:
    """The user, if there is one that the caller may see."""
    asked, actor, directory = view(info), info.context.actor, info.context.services.directory
    if by.email:
        return asked.of_found(await directory.find_by_email(actor, by.email, asked.columns))
    if by.username:
        return asked.of_found(await directory.find_by_username(actor, by.username, asked.columns))
    number = find_user_number(by.id) if by.id else by.database_id
    return asked.of_found(await directory.find(actor, number or 0, asked.columns))
