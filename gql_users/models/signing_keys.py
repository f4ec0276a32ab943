"""The table of keys that sign access tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, Moment


class SigningKey(Base):
    """A key pair. It is published as next, signs as active, and verifies as retired until its last token is over.

    Every replica reads its keys here; the private half is encrypted with a key that only the installation's secret
    gives.
    """

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    activated_at: Mapped[datetime | None] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)


# However many replicas start at once, one key signs and one is about to.
_is_current = SigningKey.state.in_(["next", "active"])
Index(
    "uq_signing_keys_current",
    SigningKey.state,
    unique=True,
    postgresql_where=_is_current,
    sqlite_where=_is_current,
)
