"""The table of users."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Computed, Identity, Index, String, column, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, BeforeAllTime, BigId, Moment, sorted_text

LARGEST_ID = 2**63 - 1


class User(Base):
    """A person's account.

    Each text that is looked up or sorted by has a key beside it: the same text in its one normal form (see `text`).
    """

    __tablename__ = "users"
    # Without it SQLite gives the number of a deleted user to the next one.
    __table_args__ = ({"sqlite_autoincrement": True},)
    # What the database makes of other columns is for its indexes; nobody waits to read it back.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - how SQLAlchemy is told

    id: Mapped[int] = mapped_column(BigId, Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(sorted_text(320), unique=True)
    email_verified_at: Mapped[datetime | None] = mapped_column(Moment)
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(sorted_text(128), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(sorted_text(200))
    first_name: Mapped[str | None] = mapped_column(String(100))
    last_name: Mapped[str | None] = mapped_column(String(100))
    age: Mapped[int | None]
    locale: Mapped[str | None] = mapped_column(String(35))
    password_hash: Mapped[str | None] = mapped_column(String(512))
    is_admin: Mapped[bool] = mapped_column(default=False)
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
    last_login_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    # Whoever has no username or never signed in gets a place in the orderings: before everybody else. It is a column,
    # because SQLite compares positions by index only where they are columns; nobody reads it.
    username_or_first: Mapped[str] = mapped_column(
        sorted_text(128),
        Computed(func.coalesce(column("username_key"), literal_column("''")), persisted=True),
        deferred=True,
    )
    last_login_or_first: Mapped[datetime] = mapped_column(
        Moment, Computed(func.coalesce(column("last_login_at"), BeforeAllTime()), persisted=True), deferred=True
    )

    # The id once more. SQLite compares positions by index only where all their parts are ordinary columns, and reads
    # through everybody who shares a key where one of them is the primary key.
    tie_breaker: Mapped[int] = mapped_column(BigId, Computed(column("id"), persisted=True), deferred=True)

    @property
    def is_active(self) -> bool:
        """May this person sign in?"""
        return self.deactivated_at is None


Index("ix_users_created_at_id", User.created_at, User.tie_breaker)
Index("ix_users_updated_at_id", User.updated_at, User.tie_breaker)
Index("ix_users_name_key_id", User.name_key, User.tie_breaker)
Index("ix_users_username_or_first_id", User.username_or_first, User.tie_breaker)
Index("ix_users_last_login_or_first_id", User.last_login_or_first, User.tie_breaker)
# Few are admins or deactivated: a list of them must not read everybody else.
Index(
    "ix_users_admins",
    User.created_at,
    User.tie_breaker,
    postgresql_where=User.is_admin,
    sqlite_where=text("is_admin = 1"),
)
Index(
    "ix_users_deactivated",
    User.created_at,
    User.tie_breaker,
    postgresql_where=User.deactivated_at.is_not(None),
    sqlite_where=User.deactivated_at.is_not(None),
)
