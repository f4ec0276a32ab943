"""All the SQL about sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import Session, User


class Sessions:
    """The sessions, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, session: Session) -> None:
        """Insert a session."""
        self._session.add(session)
        await self._session.flush()

    async def find_with_user(self, session_id: UUID) -> tuple[Session, User] | None:
        """The session and whose it is, as they are now."""
        statement = select(Session, User).join(User, User.id == Session.user_id).where(Session.id == session_id)
        row = (await self._session.execute(statement, execution_options={"populate_existing": True})).one_or_none()
        return (row[0], row[1]) if row is not None else None

    async def advance(self, session_id: UUID, *, seen: int, now: datetime) -> Session | None:
        """Begin the next generation, if `seen` is still the present one of a live session. None otherwise."""
        statement = (
            update(Session)
            .where(Session.id == session_id, Session.generation == seen, Session.revoked_at.is_(None))
            .values(generation=seen + 1, refreshed_at=now)
            .returning(Session)
        )
        options = {"populate_existing": True, "synchronize_session": False}
        return await self._session.scalar(statement, execution_options=options)

    async def revoke(self, session_id: UUID, *, now: datetime) -> bool:
        """End a session. False when it was over already."""
        live = Session.id == session_id, Session.revoked_at.is_(None)
        ended = await self._session.scalar(update(Session).where(*live).values(revoked_at=now).returning(Session.id))
        return ended is not None

    async def revoke_all(self, user_id: int, *, now: datetime, keep: UUID | None = None) -> None:
        """End every session of the user, but for the one to keep."""
        statement = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
        if keep is not None:
            statement = statement.where(Session.id != keep)
        await self._session.execute(statement.values(revoked_at=now), execution_options={"synchronize_session": False})
