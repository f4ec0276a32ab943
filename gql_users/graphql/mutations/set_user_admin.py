"""Grant or withdraw admin rights."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User


@strawberry.input(description="Whose rights to change.")
class SetUserAdminInput:
    """What `setUserAdmin` takes."""

    id: strawberry.ID = strawberry.field(description="Whose account.")
    is_admin: bool = strawberry.field(description="Whether they are to look after the others.")


@strawberry.type(description="The account with its new rights.")
class SetUserAdminPayload:
    """What `setUserAdmin` answers."""

    user: User | None = strawberry.field(description="The account.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(SetUserAdminPayload)
async def set_user_admin(info: Info, input: SetUserAdminInput) -> SetUserAdminPayload:
    """Changes the rights; who loses them is signed out everywhere."""
    context = info.context
    administration = context.services.administration
    user = await administration.set_admin(context.actor, user_number(input.id), input.is_admin)
    return SetUserAdminPayload(user=User.of(user))
