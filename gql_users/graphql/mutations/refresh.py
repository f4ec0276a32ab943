"""Stay signed in."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.token_pair import TokenPair
from gql_users.graphql.types.user import User


@strawberry.input(description="A refresh token to exchange.")
class RefreshInput:
    """What `refresh` takes."""

    refresh_token: str = strawberry.field(description="The newest refresh token of the session.")


@strawberry.type(description="The next tokens of the session.")
class RefreshPayload:
    """What `refresh` answers."""

    user: User | None = strawberry.field(description="Whose session it is.", default=None)
    tokens: TokenPair | None = strawberry.field(description="The next tokens.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(RefreshPayload)
async def refresh(info: Info, input: RefreshInput) -> RefreshPayload:
    """Exchanges a refresh token for the next pair."""
    context = info.context
    signed_in = await context.services.sessions.refresh(input.refresh_token, context.actor.client)
    return RefreshPayload(user=User.of(signed_in.user), tokens=TokenPair.of(signed_in.tokens))
