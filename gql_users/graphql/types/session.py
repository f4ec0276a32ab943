"""A sign-in on one device, as clients see it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from gql_users import models
from gql_users.graphql.context import Info
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
    def of(cls, info: Info, session: models.Session) -> Self:
        """The row, as a client sees it."""
        context = info.context
        return cls(
            id=strawberry.ID(global_id("Session", session.id)),
            created_at=session.created_at,
            last_used_at=session.refreshed_at,
            expires_at=session.ends_at(context.settings.session_idle_lifetime),
            ip_address=session.ip_address,
            user_agent=session.user_agent,
            is_current=session.id == context.actor.session_id,
        )
