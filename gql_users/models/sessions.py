"""The table of sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, BigId, Moment


class Session(Base):
    """One sign-in on one device, kept alive by a family of refresh tokens.

    The family is this one row: `generation` counts the exchanges, and only the token of the present generation is
    good. Nothing is stored from which a token could be made. The ids sort by time.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))
    generation: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    refreshed_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))

    def ends_at(self, idle_lifetime: timedelta) -> datetime:
        """When it ends unless it is refreshed before, or revoked."""
        return min(self.refreshed_at + idle_lifetime, self.expires_at)


# The newest sessions of a person are a range of this index, because ids sort by time.
Index("ix_sessions_user_id_id", Session.user_id, Session.id)
Index("ix_sessions_expires_at", Session.expires_at)
Index("ix_sessions_revoked_at", Session.revoked_at)
Index("ix_sessions_refreshed_at", Session.refreshed_at)
