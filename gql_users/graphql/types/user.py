"""A person's account, as clients see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from gql_users import models
from gql_users.graphql.connections import Connection, connection, request
from gql_users.graphql.context import Info
from gql_users.graphql.execution.plans.derived import Derivation
from gql_users.graphql.execution.plans.selections import selected
from gql_users.graphql.ids import user_id
from gql_users.graphql.inputs.page import After, Before, First, Last
from gql_users.graphql.types.event import EVENT, Event
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.scalars import BigInt
from gql_users.graphql.types.session import SESSION, Session


async def _sessions(
    root: Any, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[Session] | None:
    """A page of the live sessions."""
    actor, sessions = info.context.actor, info.context.services.session_list
    page = await sessions.page(actor, root.database_id, request(info, first, after, last, before))
    return connection(info, page, SESSION, partial(sessions.count, actor, root.database_id), *Session.given(info))


async def _events(
    root: Any, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[Event] | None:
    """A page of the account's security history."""
    actor, history = info.context.actor, info.context.services.history
    page = await history.page_of(actor, root.database_id, request(info, first, after, last, before))
    return connection(info, page, EVENT, partial(history.count_of, actor, root.database_id))


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
    def of(cls, user: models.User) -> User:
        """The row, as a client sees it, with everything there is to see."""
        return EVERYTHING.of(user)

    @classmethod
    def of_found(cls, user: models.User | None) -> User | None:
        """The row, as a client sees it; nothing for nothing."""
        return cls.of(user) if user is not None else None


class View(Derivation[User]):
    """What of accounts a document asks for: the columns to read, and what clients see of their rows.

    What is not asked for was not read, and nobody looks at it.
    """

    def __init__(self, attributes: Iterable[str]) -> None:
        seen = {name: _SEEN_AS.get(name, f"{{{name}}}") for name in ("database_id", *sorted(attributes))}
        super().__init__(User, seen, {"user_id": user_id})

    def of_found(self, user: models.User | None) -> User | None:
        """The row, as far as the document asks for it; nothing for nothing."""
        return self.of(user) if user is not None else None


def view(info: Info) -> View:
    """What the document asks for, of all accounts below this field."""
    return _view(selected(info, "User"))


@lru_cache(256)
def _view(names: frozenset[str]) -> View:
    return View(_ATTRIBUTES[name] for name in names if name in _ATTRIBUTES)


_SEEN_AS = {"id": "{user_id}({id})", "database_id": "{id}", "is_active": "{deactivated_at} is None"}

# The attributes that rows are read for, by the names that the schema gives them.
_ATTRIBUTES = {
    to_camel_case(each.name): each.name
    for each in fields(User)
    if each.name not in {"database_id", "sessions", "events"}
}
EVERYTHING = _view(frozenset(_ATTRIBUTES))
