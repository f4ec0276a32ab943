"""Show that an address is one's own."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.services.one_time import Shown


@strawberry.input(description="A link's token, or an address and a code.")
class VerifyEmailInput:
    """What `verifyEmail` takes."""

    token: str | None = strawberry.field(description="The token of the letter's link.", default=None)
    email: str | None = strawberry.field(description="Or the address the letter went to, and `code`.", default=None)
    code: str | None = strawberry.field(description="The six digits in the letter, and `email`.", default=None)


@strawberry.type(description="Whether it was done.")
class VerifyEmailPayload:
    """What `verifyEmail` answers."""

    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(VerifyEmailPayload)
async def verify_email(info: Info, input: VerifyEmailInput) -> VerifyEmailPayload:
    """Takes it that the address is its owner's."""
    context = info.context
    shown = Shown(token=input.token, email=input.email, code=input.code)
    await context.services.verification.verify(shown, context.actor.client)
    return VerifyEmailPayload()
