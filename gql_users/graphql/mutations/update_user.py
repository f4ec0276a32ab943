"""Replace a whole profile."""

from __future__ import annotations

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User
from gql_users.services.accounts import UNSET, Profile


@strawberry.input(description="A whole profile: what is left out or null is emptied.")
class UpdateUserInput:
    """What `updateUser` takes."""

    id: strawberry.ID = strawberry.field(description="Whose account.")
    username: str | None = strawberry.field(description="A name to sign in with, beside the address.", default=None)
    name: str | None = strawberry.field(
        description="What to call them; filled from the first and last name where it is not given.",
        default=None,
    )
    first_name: str | None = strawberry.field(description="The first name.", default=None)
    last_name: str | None = strawberry.field(description="The last name.", default=None)
    age: int | None = strawberry.field(description="The age in years, 0 to 150.", default=None)
    locale: str | None = strawberry.field(
        description="The language they read, such as `en` or `pt-BR`. Left out or null, it stays.", default=None
    )
    email: str | None = strawberry.field(
        description="Another address; for admins. Left out or null, it stays.", default=None
    )
    expected_version: int | None = strawberry.field(
        description="Refuse with VERSION_MISMATCH unless the account has this version.", default=None
    )


@strawberry.type(description="The changed account.")
class UpdateUserPayload:
    """What `updateUser` answers."""

    user: User | None = strawberry.field(description="The account, changed.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(UpdateUserPayload)
async def update_user(info: Info, input: UpdateUserInput) -> UpdateUserPayload:
    """Replaces every profile field."""
    context = info.context
    profile = Profile(
        username=input.username,
        name=input.name,
        first_name=input.first_name,
        last_name=input.last_name,
        age=input.age,
        locale=input.locale if input.locale is not None else UNSET,
    )
    user = await context.services.profiles.update(
        context.actor,
        user_number(input.id),
        profile,
        email=UNSET if input.email is None else input.email,
        expected_version=input.expected_version,
    )
    return UpdateUserPayload(user=User.of(user))
