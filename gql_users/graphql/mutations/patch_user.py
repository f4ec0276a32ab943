"""Change parts of a profile."""

from __future__ import annotations

from typing import TypeVar

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.errors import refusals_in
from gql_users.graphql.ids import user_number
from gql_users.graphql.types.mutation_error import MutationError
from gql_users.graphql.types.user import User
from gql_users.services.accounts import UNSET, Profile, Unset

T = TypeVar("T", str, int, str | None, int | None)


@strawberry.input(description="What to change: what is left out stays, null empties.")
class PatchUserInput:
    """What `patchUser` takes."""

    id: strawberry.ID = strawberry.field(description="Whose account.")
    username: strawberry.Maybe[str | None] = strawberry.field(
        description="A name to sign in with, beside the address.", default=None
    )
    name: strawberry.Maybe[str | None] = strawberry.field(
        description="What to call them; null fills it from the first and last name.", default=None
    )
    first_name: strawberry.Maybe[str | None] = strawberry.field(description="The first name.", default=None)
    last_name: strawberry.Maybe[str | None] = strawberry.field(description="The last name.", default=None)
    age: strawberry.Maybe[int | None] = strawberry.field(description="The age in years, 0 to 150.", default=None)
    locale: strawberry.Maybe[str | None] = strawberry.field(
        description="The language they read, such as `en` or `pt-BR`.", default=None
    )
    email: strawberry.Maybe[str | None] = strawberry.field(description="Another address; for admins.", default=None)
    expected_version: int | None = strawberry.field(
        description="Refuse with VERSION_MISMATCH unless the account has this version.", default=None
    )


@strawberry.type(description="The changed account.")
class PatchUserPayload:
    """What `patchUser` answers."""

    user: User | None = strawberry.field(description="The account, changed.", default=None)
    errors: list[MutationError] = strawberry.field(
        description="Why it was refused; empty when it was done.", default_factory=list
    )


@refusals_in(PatchUserPayload)
async def patch_user(info: Info, input: PatchUserInput) -> PatchUserPayload:
    """Changes what is mentioned, all of it or nothing."""
    context = info.context
    profile = Profile(
        username=_mentioned(input.username),
        name=_mentioned(input.name),
        first_name=_mentioned(input.first_name),
        last_name=_mentioned(input.last_name),
        age=_mentioned(input.age),
        locale=_mentioned(input.locale),
    )
    user = await context.services.profiles.patch(
        context.actor,
        user_number(input.id),
        profile,
        email=_mentioned(input.email),
        expected_version=input.expected_version,
    )
    return PatchUserPayload(user=User.of(user))


def _mentioned(sent: strawberry.Some[T] | None) -> T | Unset:
    """What was sent, null included; UNSET when nothing was."""
    return UNSET if sent is None else sent.value
