"""Close an account."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User


@strawberry.input(description="Whose account to close.")
class DeactivateUserInput:
    """What `deactivateUser` takes."""

    id: strawberry.ID = strawberry.field(description="Whose account.")


@strawberry.type(description="The closed account.")
class DeactivateUserPayload:
    """What `deactivateUser` answers."""

    user: User | None = strawberry.field(description="The account, closed.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(DeactivateUserPayload)
async def deactivate_user(info: Info, input: DeactivateUserInput) -> DeactivateUserPayload:
    """Closes the account and ends its sessions."""
    context = info.context
    user = await context.services.administration.deactivate(context.actor, user_number(input.id))
    return DeactivateUserPayload(user=User.of(user))
