"""A person's account, as clients see it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Self

import strawberry

from gql_users import models
from gql_users.graphql.connections import Connection, connection
from gql_users.graphql.context import Info
from gql_users.graphql.ids import global_id
from gql_users.graphql.inputs.page import After, Before, First, Last
from gql_users.graphql.types.event import Event
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.scalars import BigInt
from gql_users.graphql.types.session import Session
from gql_users.paging import PageRequest


async def _sessions(
    root: Any, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[Session] | None:
    """A page of the live sessions."""
    actor, sessions = info.context.actor, info.context.services.session_list
    page = await sessions.page(actor, root.database_id, PageRequest(first, after, last, before))
    return connection(page, partial(Session.of, info), partial(sessions.count, actor, root.database_id))


async def _events(
    root: Any, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[Event] | None:
    """A page of the account's security history."""
    actor, history = info.context.actor, info.context.services.history
    page = await history.page_of(actor, root.database_id, PageRequest(first, after, last, before))
    return connection(page, Event.of, partial(history.count_of, actor, root.database_id))


@strawberry.type(description="A person's account. For oneself and admins.")
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
    locale: str | None = strawberry.field(description="The language of their letters, if they said.")
    is_active: bool = strawberry.field(description="Whether they may sign in.")
    is_admin: bool = strawberry.field(description="Whether they look after the others.")
    deactivated_at: datetime | None = strawberry.field(description="When the account was closed, if it is.")
    created_at: datetime = strawberry.field(description="When the account came about.")
    updated_at: datetime = strawberry.field(description="When the account last changed; signing in is no change.")
    last_login_at: datetime | None = strawberry.field(description="When they last signed in.")
    version: int = strawberry.field(description="Grows with each change; send it back as `expectedVersion`.")

    sessions: Connection[Session] | None = strawberry.field(
        resolver=_sessions, description="Where they are signed in, the newest first. For oneself and admins."
    )
    events: Connection[Event] | None = strawberry.field(
        resolver=_events, description="What happened to the account, the newest first. For oneself and admins."
    )

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
            locale=user.locale,
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
