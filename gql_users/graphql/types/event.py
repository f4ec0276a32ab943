"""Something that happened, as clients see it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from gql_users import models
from gql_users.events import EventKind
from gql_users.graphql.context import Info
from gql_users.graphql.execution.plans.derived import Derivation
from gql_users.graphql.ids import global_id
from gql_users.graphql.types.node import Node

if TYPE_CHECKING:
    from gql_users.graphql.types.user import User

_MEANINGS = {
    EventKind.REGISTERED: "Somebody made an account of their own.",
    EventKind.CREATED: "An admin made an account.",
    EventKind.SIGNED_IN: "A session began.",
    EventKind.SIGN_IN_REFUSED: "A password was wrong.",
    EventKind.THROTTLED: "Too many were wrong; the next try has to wait.",
    EventKind.UNLOCKED: "An admin let it be tried again at once.",
    EventKind.REFRESHED: "A session's tokens were exchanged.",
    EventKind.TOKEN_REUSED: "A refresh token came back after it was exchanged; its session was ended.",
    EventKind.SIGNED_OUT: "Sessions were ended by one of them.",
    EventKind.SESSION_REVOKED: "A session was ended from afar.",
    EventKind.PASSWORD_CHANGED: "Another password was set, or the one there was is good no more.",
    EventKind.PASSWORD_RESET: "Another password was set by a letter; every session ended.",
    EventKind.EMAIL_VERIFIED: "The address was shown to be theirs.",
    EventKind.EMAIL_CHANGED: "The account moved to another address.",
    EventKind.PROFILE_CHANGED: "The account says something else; `details.fields` names what.",
    EventKind.DEACTIVATED: "The account was closed.",
    EventKind.REACTIVATED: "The account was opened again.",
    EventKind.DELETED: "The account was removed.",
    EventKind.ADMIN_GRANTED: "Admin rights were granted.",
    EventKind.ADMIN_WITHDRAWN: "Admin rights were withdrawn.",
    EventKind.KEY_ROTATED: "Access tokens are signed with another key.",
}

strawberry.enum(EventKind, description="What happened. More kinds may be added.")
for _value in vars(EventKind)["__strawberry_definition__"].values:
    _value.description = _MEANINGS[_value.value]

LazyUser = Annotated["User", strawberry.lazy("gql_users.graphql.types.user")]


def _as_clients_know_it(details: dict[str, Any] | None) -> JSON | None:
    """The details, with the ids that other fields of the API have."""
    if details is None:
        return None
    session = {"sessionId": global_id("Session", details["sessionId"])} if "sessionId" in details else {}
    return JSON({**details, **session})


async def _actor(root: Any, info: Info) -> LazyUser | None:
    """The one who acted."""
    return await _seen(info, root.actor_number)


async def _user(root: Any, info: Info) -> LazyUser | None:
    """The one it is about."""
    return await _seen(info, root.user_number)


async def _seen(info: Info, number: int | None) -> User | None:
    from gql_users.graphql.types.user import view  # noqa: PLC0415 - the two types know each other

    if number is None:
        return None
    asked, context = view(info), info.context
    return asked.of_found(await context.services.directory.find(context.actor, number, asked.columns))


@strawberry.type(description="Something that happened, and is never changed. For oneself and admins.")
class Event(Node):
    """An entry of the audit log."""

    kind: EventKind = strawberry.field(description="What happened.")
    occurred_at: datetime = strawberry.field(description="When.")
    ip_address: str | None = strawberry.field(description="The address the request came from.")
    user_agent: str | None = strawberry.field(description="The browser or app, as it names itself.")
    details: JSON | None = strawberry.field(
        description="Names and numbers that make it clearer, never what somebody typed in."
    )
    actor_number: strawberry.Private[int | None]
    user_number: strawberry.Private[int | None]

    actor: LazyUser | None = strawberry.field(
        resolver=_actor, description="Who did it. Null for the command line, strangers, and who may not be seen."
    )
    user: LazyUser | None = strawberry.field(
        resolver=_user, description="Whose account it is about. Null when it is gone."
    )

    @classmethod
    def of(cls, event: models.Event) -> Event:
        """The row, as a client sees it."""
        return EVENT.of(event)


EVENT = Derivation(
    Event,
    {
        "id": "{global_id}('Event', {id})",
        "kind": "{EventKind}({kind})",
        "occurred_at": "{occurred_at}",
        "ip_address": "{ip_address}",
        "user_agent": "{user_agent}",
        "details": "{as_clients_know_it}({details})",
        "actor_number": "{actor_id}",
        "user_number": "{user_id}",
    },
    {"global_id": global_id, "EventKind": EventKind, "as_clients_know_it": _as_clients_know_it},
)
"""How clients see a row."""
