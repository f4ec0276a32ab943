"""Open a closed account again."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User


@strawberry.input(description="Whose account to open again.")
class ReactivateUserInput:
    """What `reactivateUser` takes."""

    id: strawberry.ID = strawberry.field(description="Whose account.")


@strawberry.type(description="The open account.")
class ReactivateUserPayload:
    """What `reactivateUser` answers."""

    user: User | None = strawberry.field(description="The account, open again.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(ReactivateUserPayload)
async def reactivate_user(info: Info, input: ReactivateUserInput) -> ReactivateUserPayload:
    """Opens the account; its old sessions stay ended."""
    context = info.context
    user = await context.services.administration.reactivate(context.actor, user_number(input.id))
    return ReactivateUserPayload(user=User.of(user))
