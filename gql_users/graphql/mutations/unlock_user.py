"""Let somebody try again."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User


@strawberry.input(description="The account that shall not have to wait any more.")
class UnlockUserInput:
    """What `unlockUser` takes."""

    id: strawberry.ID = strawberry.field(description="The id of the user.")


@strawberry.type(description="The account.")
class UnlockUserPayload:
    """What `unlockUser` answers."""

    user: User | None = strawberry.field(description="The user who can sign in again at once.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(UnlockUserPayload)
async def unlock_user(info: Info, input: UnlockUserInput) -> UnlockUserPayload:
    """Forgets the wrong passwords that were tried with the account."""
    context = info.context
    return UnlockUserPayload(
        user=User.of(await context.services.administration.unlock(context.actor, user_number(input.id)))
    )
