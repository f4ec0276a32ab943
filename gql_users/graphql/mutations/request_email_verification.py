"""Ask for another letter."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError


@strawberry.input(description="Whose address is to be verified.")
class RequestEmailVerificationInput:
    """What `requestEmailVerification` takes."""

    email: str = strawberry.field(description="The e-mail address.")


@strawberry.type(description="Alike for every address.")
class RequestEmailVerificationPayload:
    """What `requestEmailVerification` answers."""

    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(RequestEmailVerificationPayload)
async def request_email_verification(
    info: Info, input: RequestEmailVerificationInput
) -> RequestEmailVerificationPayload:
    """Has a letter sent, if somebody has this address and has not verified it."""
    context = info.context
    await context.services.verification.request(input.email, context.actor.client)
    return RequestEmailVerificationPayload()
