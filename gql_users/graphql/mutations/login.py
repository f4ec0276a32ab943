"""Sign in."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.token_pair import TokenPair
from gql_users.graphql.types.user import User


@strawberry.input(description="An identifier and a password. Give either `email` or `username`.")
class LoginInput:
    """What `login` takes."""

    email: str | None = strawberry.field(description="The address, however it is spelled.", default=None)
    username: str | None = strawberry.field(description="Or the username, ignoring case.", default=None)
    password: str = strawberry.field(description="The password.")


@strawberry.type(description="A new session.")
class LoginPayload:
    """What `login` answers."""

    user: User | None = strawberry.field(description="Who signed in.", default=None)
    tokens: TokenPair | None = strawberry.field(description="Their tokens.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(LoginPayload)
async def login(info: Info, input: LoginInput) -> LoginPayload:
    """Signs in; every failure looks the same."""
    context = info.context
    signed_in = await context.services.authentication.login(
        input.password, context.actor.client, email=input.email, username=input.username
    )
    return LoginPayload(user=User.of(signed_in.user), tokens=TokenPair.of(signed_in.tokens))
