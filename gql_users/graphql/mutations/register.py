"""Make an account of one's own."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.token_pair import TokenPair
from gql_users.graphql.types.user import User
from gql_users.services.accounts import Profile


@strawberry.input(description="A new account of one's own.")
class RegisterInput:
    """What `register` takes."""

    email: str = strawberry.field(description="The e-mail address.")
    password: str = strawberry.field(description="The password; `serviceInfo.passwordRules` says what is asked of it.")
    username: str | None = strawberry.field(
        description="A name to sign in with, beside the address. Where registration is quiet it is chosen later.",
        default=None,
    )
    name: str | None = strawberry.field(
        description="What to call them; filled from the first and last name where it is not given.",
        default=None,
    )
    first_name: str | None = strawberry.field(description="The first name.", default=None)
    last_name: str | None = strawberry.field(description="The last name.", default=None)
    age: int | None = strawberry.field(description="The age in years, 0 to 150.", default=None)
    locale: str | None = strawberry.field(description="The language they read, such as `en` or `pt-BR`.", default=None)


@strawberry.type(description="The new account, signed in.")
class RegisterPayload:
    """What `register` answers."""

    user: User | None = strawberry.field(description="The new account; null where registration is quiet.", default=None)
    tokens: TokenPair | None = strawberry.field(
        description="Their tokens; null where the address has to be verified first.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(RegisterPayload)
async def register(info: Info, input: RegisterInput) -> RegisterPayload:
    """Registers, and signs in where that needs no verified address."""
    context = info.context
    profile = Profile(
        username=input.username,
        name=input.name,
        first_name=input.first_name,
        last_name=input.last_name,
        age=input.age,
        locale=input.locale,
    )
    registered = await context.services.registration.register(
        input.email, input.password, profile, context.actor.client
    )
    return RegisterPayload(
        user=User.of_found(registered.user),
        tokens=TokenPair.of(registered.tokens) if registered.tokens is not None else None,
    )
