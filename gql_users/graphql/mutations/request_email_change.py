"""Move to another address."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError


@strawberry.input(description="Where to, and the present password.")
class RequestEmailChangeInput:
    """What `requestEmailChange` takes."""

    new_email: str = strawberry.field(description="The address to move to.")
    current_password: str = strawberry.field(description="The present password.")


@strawberry.type(description="Alike for every address: nothing changes until it is confirmed there.")
class RequestEmailChangePayload:
    """What `requestEmailChange` answers."""

    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(RequestEmailChangePayload)
async def request_email_change(info: Info, input: RequestEmailChangeInput) -> RequestEmailChangePayload:
    """Has a letter sent to the new address."""
    context = info.context
    await context.services.verification.request_change(context.actor, input.new_email, input.current_password)
    return RequestEmailChangePayload()
