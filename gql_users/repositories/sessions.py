"""All the SQL about sessions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select, update

from gql_users.models import Session, User
from gql_users.repositories.portions import portion_of
from gql_users.repositories.rows import columns_of, insert_of, noun_of, values_of
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.transactions import Executor

_COLUMNS = columns_of(Session)
_SESSION, _USER = noun_of(Session), noun_of(User)
_THE_ONE = Session.id == bindparam("session_id")
_NOT_ENDED = Session.revoked_at.is_(None)
_BY_USER = User.id == Session.user_id

_INSERT = Statement(insert_of(Session))
_FIND = Statement(select(*_COLUMNS).where(_THE_ONE), Session, is_by_key=True)
_FIND_WITH_USER = Statement(
    select(*(column.label(f"session_{column.name}") for column in _COLUMNS), *columns_of(User))
    .join(User.__table__, _BY_USER)
    .where(_THE_ONE)
)
_ADVANCE = Statement(
    update(Session)
    .where(_THE_ONE, Session.generation == bindparam("seen"), _NOT_ENDED)
    .values(generation=Session.generation + 1, refreshed_at=bindparam("now"))
    .returning(*_COLUMNS),
    Session,
)
_REVOKE = Statement(
    update(Session).where(_THE_ONE, _NOT_ENDED).values(revoked_at=bindparam("now")).returning(Session.id)
)
_ALL_OF = (
    update(Session).where(Session.user_id == bindparam("owner_id"), _NOT_ENDED).values(revoked_at=bindparam("now"))
)
_REVOKE_ALL = Statement(_ALL_OF)
_REVOKE_OTHERS = Statement(_ALL_OF.where(Session.id != bindparam("keep")))
_IS_LIVE = Statement(select(Session.id).where(_THE_ONE, _NOT_ENDED))
_RIGHTS = Statement(
    select(Session.id, User.is_admin)
    .join(User.__table__, _BY_USER)
    .where(Among(Session.id, "ids"), _NOT_ENDED, User.deactivated_at.is_(None)),
    is_by_key=True,
)
_FORGET = portion_of(
    Session,
    or_(
        Session.expires_at < bindparam("over_before"),
        Session.revoked_at < bindparam("over_before"),
        Session.refreshed_at < bindparam("refreshed_before"),
    ),
)


class Sessions:
    """The sessions, within one unit of work."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.has_ended_some = False

    async def add(self, session: Session) -> None:
        """Insert a session."""
        await self._executor.later(_INSERT, **values_of(session))

    async def find(self, session_id: UUID) -> Session | None:
        """The session of this id."""
        found: Session | None = await self._executor.row(_FIND, session_id=session_id)
        return found

    async def find_with_user(self, session_id: UUID) -> tuple[Session, User] | None:
        """The session and whose it is, as they are now."""
        row = await self._executor.row(_FIND_WITH_USER, session_id=session_id)
        return (_SESSION(row[: len(_COLUMNS)]), _USER(row[len(_COLUMNS) :])) if row is not None else None

    async def advance(self, session_id: UUID, *, seen: int, now: datetime) -> Session | None:
        """Begin the next generation, if `seen` is still the present one of a live session. None otherwise."""
        advanced: Session | None = await self._executor.row(_ADVANCE, session_id=session_id, seen=seen, now=now)
        return advanced

    async def revoke(self, session_id: UUID, *, now: datetime) -> bool:
        """End a session. False when it was over already."""
        self.has_ended_some = True
        return await self._executor.row(_REVOKE, session_id=session_id, now=now) is not None

    async def revoke_all(self, user_id: int, *, now: datetime, keep: UUID | None = None) -> None:
        """End every session of the user, but for the one to keep."""
        self.has_ended_some = True
        if keep is None:
            await self._executor.later(_REVOKE_ALL, owner_id=user_id, now=now)
        else:
            await self._executor.later(_REVOKE_OTHERS, owner_id=user_id, now=now, keep=keep)

    async def is_live(self, session_id: UUID | None) -> bool:
        """Is there such a session that nobody has ended?"""
        return await self._executor.row(_IS_LIVE, session_id=session_id) is not None

    async def rights(self, ids: Collection[UUID]) -> dict[UUID, bool]:
        """Those of these sessions that nobody has ended, of people who may sign in; and whether each is an admin."""
        return {found.id: found.is_admin for found in await self._executor.rows(_RIGHTS, ids=list(ids))}

    async def forget(self, *, over_before: datetime, refreshed_before: datetime, most: int) -> int:
        """Remove sessions that were over or idle at these moments, and no more than `most`. How many there were."""
        over = {"over_before": over_before, "refreshed_before": refreshed_before}
        return len(await self._executor.rows(_FORGET, most=most, **over))
