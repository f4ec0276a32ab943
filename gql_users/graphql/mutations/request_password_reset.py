"""Ask for a way back in."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError


@strawberry.input(description="Whose password is forgotten.")
class RequestPasswordResetInput:
    """What `requestPasswordReset` takes."""

    email: str = strawberry.field(description="The e-mail address.")


@strawberry.type(description="Alike for every address.")
class RequestPasswordResetPayload:
    """What `requestPasswordReset` answers."""

    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(RequestPasswordResetPayload)
async def request_password_reset(info: Info, input: RequestPasswordResetInput) -> RequestPasswordResetPayload:
    """Has a letter sent, if anybody has this address."""
    context = info.context
    await context.services.recovery.request(input.email, context.actor.client)
    return RequestPasswordResetPayload()
