"""Take another password."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User


@strawberry.input(description="The present password and the next.")
class ChangePasswordInput:
    """What `changePassword` takes."""

    current_password: str = strawberry.field(description="The present password.")
    new_password: str = strawberry.field(
        description="The next one; `serviceInfo.passwordRules` says what is asked of it."
    )


@strawberry.type(description="The account with its new password.")
class ChangePasswordPayload:
    """What `changePassword` answers."""

    user: User | None = strawberry.field(description="The caller's account.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(ChangePasswordPayload)
async def change_password(info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
    """Changes the password and ends the other sessions."""
    context = info.context
    user = await context.services.passwords.change(context.actor, input.current_password, input.new_password)
    return ChangePasswordPayload(user=User.of(user))
