"""The table of letters that are to be sent: the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, and_
from sqlalchemy.orm import Mapped, mapped_column

from gql_users.models.base import Base, BigId, Moment


class Letter(Base):
    """A letter that somebody's deed causes, written down in the transaction of that deed.

    It says what the letter is about, and holds no secret: links and codes are made when it is sent. `user_id` is no
    foreign key: it may be about an account that is gone, or about an address that has none. `due_at` is when a worker
    may take it; whoever takes it moves that time on, so that it comes back should the worker die.

    `details` is for a quiet registration, which stands in the place of the letter that answers it: what was said about
    the person, from where, and the hash of the password, never the password. The hash may rest here: it is the one that
    `users` will hold, in the same database, and only until a worker is there. It goes when the row becomes a letter,
    before that is sent, or when it is given up.
    """

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(BigId)
    address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str | None] = mapped_column(String(100))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str | None] = mapped_column(String(200))


is_waiting = and_(Letter.sent_at.is_(None), Letter.given_up_at.is_(None))
Index("ix_letters_waiting", Letter.due_at, postgresql_where=is_waiting, sqlite_where=is_waiting)

# For those who forget: most letters are neither, or about to leave.
for _end in (Letter.sent_at, Letter.given_up_at):
    Index(f"ix_letters_{_end.key}", _end, postgresql_where=_end.is_not(None), sqlite_where=_end.is_not(None))
