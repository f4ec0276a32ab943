"""Make an account for somebody else."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User
from gql_users.services.accounts import Profile


@strawberry.input(description="A new account for somebody else.")
class CreateUserInput:
    """What `createUser` takes."""

    email: str = strawberry.field(description="Their e-mail address.")
    password: str | None = strawberry.field(
        description="A first password; without one nobody can sign in until it is set.", default=None
    )
    username: str | None = strawberry.field(description="A name to sign in with, beside the address.", default=None)
    name: str | None = strawberry.field(
        description="What to call them; filled from the first and last name where it is not given.",
        default=None,
    )
    first_name: str | None = strawberry.field(description="The first name.", default=None)
    last_name: str | None = strawberry.field(description="The last name.", default=None)
    age: int | None = strawberry.field(description="The age in years, 0 to 150.", default=None)
    locale: str | None = strawberry.field(description="The language they read, such as `en` or `pt-BR`.", default=None)


@strawberry.type(description="The new account.")
class CreateUserPayload:
    """What `createUser` answers."""

    user: User | None = strawberry.field(description="The new account.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(CreateUserPayload)
async def create_user(info: Info, input: CreateUserInput) -> CreateUserPayload:
    """Creates without signing in."""
    context = info.context
    profile = Profile(
        username=input.username,
        name=input.name,
        first_name=input.first_name,
        last_name=input.last_name,
        age=input.age,
        locale=input.locale,
    )
    administration = context.services.administration
    return CreateUserPayload(
        user=User.of(await administration.create(context.actor, input.email, profile, password=input.password))
    )
