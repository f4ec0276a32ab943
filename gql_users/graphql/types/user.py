"""A person's account, as clients see it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from gql_users import models
from gql_users.graphql.ids import global_id
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.scalars import BigInt


@strawberry.type(description="A person's account. Seen by that person and by admins.")
class User(Node):
    """The account of a person."""

    database_id: BigInt = strawberry.field(description="The number of the account, as REST uses it.")
    email: str = strawberry.field(description="The e-mail address, as it was written.")
    email_verified_at: datetime | None = strawberry.field(description="When the address was shown to be theirs.")
    username: str | None = strawberry.field(description="A name to sign in with, beside the address.")
    name: str = strawberry.field(
        description="What to call them. Filled from the first and last name where none was given."
    )
    first_name: str | None = strawberry.field(description="The first name.")
    last_name: str | None = strawberry.field(description="The last name.")
    age: int | None = strawberry.field(description="The age in years.")
    is_active: bool = strawberry.field(description="Whether they may sign in.")
    is_admin: bool = strawberry.field(description="Whether they look after the others.")
    deactivated_at: datetime | None = strawberry.field(description="When the account was closed, if it is.")
    created_at: datetime = strawberry.field(description="When the account came about.")
    updated_at: datetime = strawberry.field(description="When the account last changed; signing in is no change.")
    last_login_at: datetime | None = strawberry.field(description="When they last signed in.")
    version: int = strawberry.field(description="Grows with each change; send it back as `expectedVersion`.")

    @classmethod
    def of(cls, user: models.User) -> Self:
        """The row, as a client sees it."""
        return cls(
            id=strawberry.ID(global_id("User", user.id)),
            database_id=BigInt(user.id),
            email=user.email,
            email_verified_at=user.email_verified_at,
            username=user.username,
            name=user.name,
            first_name=user.first_name,
            last_name=user.last_name,
            age=user.age,
            is_active=user.is_active,
            is_admin=user.is_admin,
            deactivated_at=user.deactivated_at,
            created_at=user.created_at,
            updated_at=user.updated_at,
            last_login_at=user.last_login_at,
            version=user.version,
        )

    @classmethod
    def of_found(cls, user: models.User | None) -> Self | None:
        """The row, as a client sees it; nothing for nothing."""
        return cls.of(user) if user is not None else None
