"""Remove an account for good."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError


@strawberry.input(description="Whose account to remove.")
class DeleteUserInput:
    """What `deleteUser` takes."""

    id: strawberry.ID = strawberry.field(description="Whose account.")


@strawberry.type(description="What was removed.")
class DeleteUserPayload:
    """What `deleteUser` answers."""

    deleted_user_id: strawberry.ID | None = strawberry.field(description="The id that is no more.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(DeleteUserPayload)
async def delete_user(info: Info, input: DeleteUserInput) -> DeleteUserPayload:
    """Removes the account and all that belongs to it."""
    context = info.context
    await context.services.administration.delete(context.actor, user_number(input.id))
    return DeleteUserPayload(deleted_user_id=input.id)
