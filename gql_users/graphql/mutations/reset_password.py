"""Take another password by a letter."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.services.one_time import Shown


@strawberry.input(description="A link's token, or an address and a code; and the next password.")
class ResetPasswordInput:
    """What `resetPassword` takes."""

    token: str | None = strawberry.field(description="The token of the letter's link.", default=None)
    email: str | None = strawberry.field(description="Or the address the letter went to, and `code`.", default=None)
    code: str | None = strawberry.field(description="The six digits in the letter, and `email`.", default=None)
    new_password: str = strawberry.field(
        description="The next password; `serviceInfo.passwordRules` says what is asked of it."
    )


@strawberry.type(description="Whether it was done. Every session is over; sign in with the new password.")
class ResetPasswordPayload:
    """What `resetPassword` answers."""

    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(ResetPasswordPayload)
async def reset_password(info: Info, input: ResetPasswordInput) -> ResetPasswordPayload:
    """Sets the password and ends every session."""
    context = info.context
    shown = Shown(token=input.token, email=input.email, code=input.code)
    await context.services.recovery.reset(shown, input.new_password, context.actor.client)
    return ResetPasswordPayload()
