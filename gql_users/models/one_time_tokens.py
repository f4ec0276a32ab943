"""The table of one-time tokens: what the links and codes of letters are good for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, BigId, Moment, sorted_text


class OneTimeToken(Base):
    """What one letter lets its reader do, once. Bound to a purpose, a user and the address it was sent to.

    Only hashes are kept. There is one for each user and purpose, so that a new letter retires the old one; to use it is
    to remove it.
    """

    __tablename__ = "one_time_tokens"
    __table_args__ = (UniqueConstraint("user_id", "purpose"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(sorted_text(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    tries_left: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


Index("ix_one_time_tokens_address_key", OneTimeToken.address_key)
Index("ix_one_time_tokens_expires_at", OneTimeToken.expires_at)
