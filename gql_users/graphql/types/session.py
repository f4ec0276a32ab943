"""A sign-in on one device, as clients see it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from gql_users import models
from gql_users.graphql.context import Info
from gql_users.graphql.execution.plans.derived import Derivation
from gql_users.graphql.ids import global_id
from gql_users.graphql.types.node import Node


@strawberry.type(description="A sign-in on one device, while it lasts. For oneself and admins.")
class Session(Node):
    """A live session."""

    created_at: datetime = strawberry.field(description="When they signed in.")
    last_used_at: datetime = strawberry.field(description="When its tokens were last exchanged.")
    expires_at: datetime = strawberry.field(description="When it ends unless it is used before.")
    ip_address: str | None = strawberry.field(description="The address they signed in from.")
    user_agent: str | None = strawberry.field(description="The browser or app, as it names itself.")
    is_current: bool = strawberry.field(description="Whether it is the one of this request.")

    @classmethod
    def of(cls, info: Info, session: models.Session) -> Session:
        """The row, as a client sees it."""
        return SESSION.of(session, *cls.given(info))

    @classmethod
    def given(cls, info: Info) -> tuple[object, ...]:
        """What else it depends on how a client sees a row."""
        return info.context.settings.session_idle_lifetime, info.context.actor.session_id


SESSION = Derivation(
    Session,
    {
        "id": "{global_id}('Session', {id})",
        "created_at": "{created_at}",
        "last_used_at": "{refreshed_at}",
        "expires_at": "{row}.ends_at({idle_lifetime})",
        "ip_address": "{ip_address}",
        "user_agent": "{user_agent}",
        "is_current": "{id} == {current}",
    },
    {"global_id": global_id},
    given=("idle_lifetime", "current"),
)
"""How clients see a row."""
