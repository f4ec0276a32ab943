"""The table of attempts: how often somebody tried a password, or claimed what is taken, in vain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, Moment


class Attempt(Base):
    """What one network tried, with one account or with any. Both are keyed hashes, so the table names nobody."""

    __tablename__ = "attempts"

    account: Mapped[str] = mapped_column(String(32), primary_key=True)
    network: Mapped[str] = mapped_column(String(32), primary_key=True)
    failed: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    reserved_at: Mapped[datetime] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)


Index("ix_attempts_network", Attempt.network)
Index("ix_attempts_reserved_at", Attempt.reserved_at)
