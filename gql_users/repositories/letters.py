"""All the SQL about letters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import Letter, User
from gql_users.models.letters import is_waiting
from gql_users.repositories.portions import forget

_UNSEEN = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class GivenUp:
    """How many letters of a kind were given up, and what the trouble was with them."""

    kind: str
    trouble: str
    many: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many letters wait, since when the oldest does, and which were given up, the most first."""

    waiting: int
    oldest: datetime | None
    troubles: Sequence[GivenUp]

    @property
    def given_up(self) -> int:
        """How many were given up in all."""
        return sum(each.many for each in self.troubles)


class Letters:
    """The letters, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *letters: Letter) -> None:
        """Write letters down, in the transaction of what causes them."""
        self._session.add_all(letters)
        await self._session.flush()

    async def claim(
        self, *, now: datetime, until: datetime, most: int, except_for: Collection[UUID] = ()
    ) -> Sequence[Letter]:
        """Take letters that are due, the longest due first; nobody else gets them before `until`."""
        due = (
            select(Letter.id)
            .where(is_waiting, Letter.due_at <= now, Letter.id.not_in(except_for))
            .order_by(Letter.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        claimed = update(Letter).where(Letter.id.in_(due)).values(due_at=until, attempts=Letter.attempts + 1)
        options = {"populate_existing": True, **_UNSEEN}
        return (await self._session.scalars(claimed.returning(Letter), execution_options=options)).all()

    async def renew(self, letter: Letter, *, until: datetime) -> bool:
        """Keep a letter that was claimed until then. False when it is not ours any more."""
        return await self._set(letter, due_at=until)

    async def find_for_change(self, letter: Letter) -> Letter | None:
        """The letter that was claimed, if it is still ours to send; it stays as it is until this unit of work ends."""
        wanted = select(Letter).where(*_ours(letter)).with_for_update()
        return await self._session.scalar(wanted, execution_options={"populate_existing": True})

    async def become(self, letter: Letter, kind: str, user: User) -> Letter:
        """A registration becomes a letter of a kind to a user; what it held is removed."""
        values = {"kind": kind, "user_id": user.id, "address": user.email, "details": None}
        became = update(Letter).where(Letter.id == letter.id).values(values)
        options = {"populate_existing": True, **_UNSEEN}
        return (await self._session.scalars(became.returning(Letter), execution_options=options)).one()

    async def withdraw(self, user_id: int, kind: str) -> None:
        """Remove letters of a kind to a user that are not sent yet."""
        unsent = Letter.user_id == user_id, Letter.kind == kind, is_waiting
        await self._session.execute(delete(Letter).where(*unsent), execution_options=_UNSEEN)

    async def mark_sent(self, letter: Letter, *, now: datetime) -> bool:
        """The letter is on its way. False, here and below, when it is not ours any more: then nothing is changed."""
        return await self._set(letter, sent_at=now, trouble=None)

    async def put_off(self, letter: Letter, *, due_at: datetime, trouble: str) -> bool:
        """It could not be sent now; try again at `due_at`."""
        return await self._set(letter, due_at=due_at, trouble=trouble)

    async def give_up(self, letter: Letter, *, now: datetime, trouble: str) -> bool:
        """It cannot be sent, and holds nothing any more."""
        return await self._set(letter, given_up_at=now, trouble=trouble, details=None)

    async def put_back(self, *, except_for: str, now: datetime) -> int:
        """Letters that were given up are due again, but for one kind. How many there were."""
        given_up = Letter.given_up_at.is_not(None), Letter.kind != except_for
        put_back = update(Letter).where(*given_up).values(given_up_at=None, due_at=now).returning(Letter.id)
        return len((await self._session.scalars(put_back, execution_options=_UNSEEN)).all())

    async def drop(self, letter: Letter) -> None:
        """There is nobody to write to, or nothing to say any more."""
        await self._session.execute(delete(Letter).where(*_ours(letter)), execution_options=_UNSEEN)

    async def backlog(self) -> Backlog:
        """What waits, and what was given up."""
        waiting = select(func.count(), func.min(Letter.created_at)).where(is_waiting)
        count, oldest = (await self._session.execute(waiting)).one()
        alike, many = (Letter.kind, func.coalesce(Letter.trouble, "")), func.count()
        given_up = select(*alike, many).where(Letter.given_up_at.is_not(None)).group_by(Letter.kind, Letter.trouble)
        found = await self._session.execute(given_up.order_by(many.desc(), *alike))
        return Backlog(count, oldest, [GivenUp(*row) for row in found])

    async def forget_sent(self, before: datetime, most: int) -> int:
        """Remove letters that were sent before a moment, and no more than `most`. How many there were."""
        return await forget(self._session, Letter, Letter.sent_at < before, most)

    async def forget_given_up(self, before: datetime, most: int) -> int:
        """The same for letters that were given up."""
        return await forget(self._session, Letter, Letter.given_up_at < before, most)

    async def forget_waiting(self, kind: str, knows_user: bool, before: datetime, most: int) -> int:
        """The same for letters of a kind that were written before a moment, and wait still."""
        whose = Letter.user_id.is_not(None) if knows_user else Letter.user_id.is_(None)
        stale = and_(is_waiting, Letter.kind == kind, whose, Letter.created_at < before)
        return await forget(self._session, Letter, stale, most)

    async def _set(self, letter: Letter, **values: Any) -> bool:
        statement = update(Letter).where(*_ours(letter)).values(**values).returning(Letter.id)
        return await self._session.scalar(statement, execution_options=_UNSEEN) is not None


def _ours(letter: Letter) -> list[ColumnElement[bool]]:
    """Whoever takes a letter counts an attempt: as long as there is no other, it is in the hand of who took it last."""
    return [Letter.id == letter.id, Letter.attempts == letter.attempts, is_waiting]
