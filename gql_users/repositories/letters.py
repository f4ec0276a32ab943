"""All the SQL about letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import Letter, User
from gql_users.models.letters import is_waiting


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many letters wait, since when the oldest does, and how many were given up."""

    waiting: int
    oldest: datetime | None
    given_up: int


class Letters:
    """The letters, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *letters: Letter) -> None:
        """Write letters down, in the transaction of what causes them."""
        self._session.add_all(letters)
        await self._session.flush()

    async def claim(self, *, now: datetime, until: datetime, most: int) -> Sequence[Letter]:
        """Take letters that are due, the longest due first; nobody else gets them before `until`."""
        due = (
            select(Letter.id)
            .where(is_waiting, Letter.due_at <= now)
            .order_by(Letter.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        claimed = update(Letter).where(Letter.id.in_(due)).values(due_at=until, attempts=Letter.attempts + 1)
        options = {"populate_existing": True, "synchronize_session": False}
        return (await self._session.scalars(claimed.returning(Letter), execution_options=options)).all()

    async def lock(self, letter_id: UUID) -> bool:
        """Is the letter still to be sent? It stays as it is until this unit of work ends."""
        wanted = select(Letter.id).where(Letter.id == letter_id, is_waiting).with_for_update()
        return await self._session.scalar(wanted) is not None

    async def find_for_change(self, letter_id: UUID) -> Letter | None:
        """The letter, if it is still to be sent; it stays as it is until this unit of work ends."""
        wanted = select(Letter).where(Letter.id == letter_id, is_waiting).with_for_update()
        return await self._session.scalar(wanted, execution_options={"populate_existing": True})

    async def become(self, letter_id: UUID, kind: str, user: User) -> Letter:
        """A registration becomes a letter of a kind to a user; what it held is removed."""
        values = {"kind": kind, "user_id": user.id, "address": user.email, "details": None}
        became = update(Letter).where(Letter.id == letter_id).values(values)
        options = {"populate_existing": True, "synchronize_session": False}
        return (await self._session.scalars(became.returning(Letter), execution_options=options)).one()

    async def withdraw(self, user_id: int, kind: str) -> None:
        """Remove letters of a kind to a user that are not sent yet."""
        unsent = Letter.user_id == user_id, Letter.kind == kind, is_waiting
        await self._session.execute(delete(Letter).where(*unsent), execution_options={"synchronize_session": False})

    async def mark_sent(self, letter_id: UUID, *, now: datetime) -> None:
        """The letter is on its way."""
        await self._set(letter_id, sent_at=now, trouble=None)

    async def put_off(self, letter_id: UUID, *, due_at: datetime, trouble: str) -> None:
        """It could not be sent now; try again at `due_at`."""
        await self._set(letter_id, due_at=due_at, trouble=trouble)

    async def give_up(self, letter_id: UUID, *, now: datetime, trouble: str) -> None:
        """It cannot be sent, and holds nothing any more."""
        await self._set(letter_id, given_up_at=now, trouble=trouble, details=None)

    async def drop(self, letter_id: UUID) -> None:
        """There is nobody to write to, or nothing to say any more."""
        await self._session.execute(delete(Letter).where(Letter.id == letter_id))

    async def backlog(self) -> Backlog:
        """What waits, and what was given up."""
        waiting = select(func.count(), func.min(Letter.created_at)).where(is_waiting)
        count, oldest = (await self._session.execute(waiting)).one()
        given_up = await self._session.scalar(select(func.count()).where(Letter.given_up_at.is_not(None)))
        return Backlog(count, oldest, given_up or 0)

    async def forget(self, *, sent_before: datetime, given_up_before: datetime) -> None:
        """Remove letters that are done with."""
        await self._session.execute(delete(Letter).where(Letter.sent_at < sent_before))
        await self._session.execute(delete(Letter).where(Letter.given_up_at < given_up_before))

    async def _set(self, letter_id: UUID, **values: Any) -> None:
        options = {"synchronize_session": False}
        await self._session.execute(
            update(Letter).where(Letter.id == letter_id).values(**values), execution_options=options
        )
