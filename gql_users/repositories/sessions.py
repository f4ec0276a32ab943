"""All the SQL about sessions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import Session, User
from gql_users.repositories.portions import forget


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

    async def is_live(self, session_id: UUID | None) -> bool:
        """Is there such a session that nobody has ended?"""
        live = Session.id == session_id, Session.revoked_at.is_(None)
        return await self._session.scalar(select(Session.id).where(*live)) is not None

    async def rights(self, ids: Collection[UUID]) -> dict[UUID, bool]:
        """Those of these sessions that nobody has ended, of people who may sign in; and whether each is an admin."""
        live = Session.id.in_(ids), Session.revoked_at.is_(None), User.deactivated_at.is_(None)
        statement = select(Session.id, User.is_admin).join(User, User.id == Session.user_id).where(*live)
        return {found.id: found.is_admin for found in await self._session.execute(statement)}

    async def find_many(self, ids: Sequence[UUID]) -> dict[UUID, Session]:
        """Those of these sessions that exist, by id."""
        found = await self._session.scalars(select(Session).where(Session.id.in_(ids)))
        return {session.id: session for session in found}

    async def forget(self, *, over_before: datetime, refreshed_before: datetime, most: int) -> int:
        """Remove sessions that were over or idle at these moments, and no more than `most`. How many there were."""
        over = or_(
            Session.expires_at < over_before,
            Session.revoked_at < over_before,
            Session.refreshed_at < refreshed_before,
        )
        return await forget(self._session, Session, over, most)
