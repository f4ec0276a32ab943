"""The table of events: what has happened, and who did it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, BigId, Moment


class Event(Base):
    """One thing that happened; never changed afterwards. The ids sort by time.

    The numbers of users are no foreign keys: what happened to an account is still true when the account is gone.
    """

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(BigId)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def without_origin(self) -> Event:
        """A copy that does not say from where it was done; for readers, not for the table."""
        names = ("id", "kind", "occurred_at", "user_id", "actor_id", "details")
        return Event(**{name: getattr(self, name) for name in names})


Index("ix_events_user_id_id", Event.user_id, Event.id)
Index("ix_events_actor_id_id", Event.actor_id, Event.id)
Index("ix_events_kind_id", Event.kind, Event.id)
