"""End a session from afar."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import session_id
from gql_users.graphql.types.mutation_error import MutationError


@strawberry.input(description="The session to end.")
class RevokeSessionInput:
    """What `revokeSession` takes."""

    id: strawberry.ID = strawberry.field(description="The id of the session, from `User.sessions`.")


@strawberry.type(description="Whether it was done.")
class RevokeSessionPayload:
    """What `revokeSession` answers."""

    session_id: strawberry.ID | None = strawberry.field(description="The id of the session that is over.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(RevokeSessionPayload)
async def revoke_session(info: Info, input: RevokeSessionInput) -> RevokeSessionPayload:
    """Ends the session; one that is over already stays over."""
    context = info.context
    await context.services.session_list.revoke(context.actor, session_id(input.id))
    return RevokeSessionPayload(session_id=input.id)
