"""Sign out."""

from __future__ import annotations

from enum import Enum

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.services import sessions


@strawberry.enum(description="Which sessions a sign-out ends.")
class LogoutScope(Enum):
    """The scopes."""

    CURRENT = strawberry.enum_value("current", description="The one of the refresh token.")
    OTHERS = strawberry.enum_value("others", description="All others of the same person.")
    ALL = strawberry.enum_value(
        "all", description="Every session of the person, and what they asked for to move to another address."
    )


@strawberry.input(description="Which sessions to end.")
class LogoutInput:
    """What `logout` takes."""

    refresh_token: str = strawberry.field(description="The refresh token of the caller's session.")
    scope: LogoutScope = strawberry.field(description="Which sessions to end.", default=LogoutScope.CURRENT)


@strawberry.type(description="Whether it was done.")
class LogoutPayload:
    """What `logout` answers."""

    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(LogoutPayload)
async def logout(info: Info, input: LogoutInput) -> LogoutPayload:
    """Ends sessions; one that is over already stays over."""
    context, scope = info.context, sessions.LogoutScope(input.scope.value)
    await context.services.sessions.logout(input.refresh_token, scope, context.actor.client)
    return LogoutPayload()
