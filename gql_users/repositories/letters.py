"""All the SQL about letters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, delete, func, null, select, update

from gql_users.models import Letter, User
from gql_users.models.letters import is_waiting
from gql_users.repositories.portions import portion_of
from gql_users.repositories.rows import columns_of, insert_of, instance_of, values_of
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.transactions import Executor

_COLUMNS = columns_of(Letter)
# Whoever takes a letter counts an attempt: as long as there is no other, it is in the hand of who took it last.
_OURS = Letter.id == bindparam("letter_id"), Letter.attempts == bindparam("taken"), is_waiting
_BEFORE: BindParameter[Any] = bindparam("before")

_INSERT = Statement(insert_of(Letter))
_DUE = (
    select(Letter.id)
    .where(is_waiting, Letter.due_at <= bindparam("now"), ~Among(Letter.id, "except_for"))
    .order_by(Letter.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = Statement(
    update(Letter)
    .where(Letter.id.in_(_DUE))
    .values(due_at=bindparam("until"), attempts=Letter.attempts + 1)
    .returning(*_COLUMNS)
)
_FIND_OURS = Statement(select(*_COLUMNS).where(*_OURS).with_for_update())
_BECOME = Statement(
    update(Letter)
    .where(Letter.id == bindparam("letter_id"))
    .values(kind=bindparam("new_kind"), user_id=bindparam("owner_id"), address=bindparam("new_address"), details=null())
    .returning(*_COLUMNS)
)
_WITHDRAW = Statement(
    delete(Letter).where(Letter.user_id == bindparam("owner_id"), Letter.kind == bindparam("of_kind"), is_waiting)
)
_PUT_BACK = Statement(
    update(Letter)
    .where(Letter.given_up_at.is_not(None), Letter.kind != bindparam("except_for"))
    .values(given_up_at=null(), due_at=bindparam("now"))
    .returning(Letter.id)
)
_DROP = Statement(delete(Letter).where(*_OURS))
_WAITING = Statement(select(func.count().label("many"), func.min(Letter.created_at).label("oldest")).where(is_waiting))
_TROUBLE = func.coalesce(Letter.trouble, "")
_TROUBLES = Statement(
    select(Letter.kind, _TROUBLE.label("trouble"), func.count().label("many"))
    .where(Letter.given_up_at.is_not(None))
    .group_by(Letter.kind, Letter.trouble)
    .order_by(func.count().desc(), Letter.kind, _TROUBLE)
)
_FORGET_SENT = portion_of(Letter, Letter.sent_at < _BEFORE)
_FORGET_GIVEN_UP = portion_of(Letter, Letter.given_up_at < _BEFORE)


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

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def add(self, *letters: Letter) -> None:
        """Write letters down, in the transaction of what causes them."""
        for letter in letters:
            await self._executor.later(_INSERT, **values_of(letter))

    async def claim(
        self, *, now: datetime, until: datetime, most: int, except_for: Collection[UUID] = ()
    ) -> Sequence[Letter]:
        """Take letters that are due, the longest due first; nobody else gets them before `until`."""
        claimed = await self._executor.rows(_CLAIM, now=now, until=until, most=most, except_for=list(except_for))
        return [instance_of(Letter, each) for each in claimed]

    async def renew(self, letter: Letter, *, until: datetime) -> bool:
        """Keep a letter that was claimed until then. False when it is not ours any more."""
        return await self._set(letter, due_at=until)

    async def find_for_change(self, letter: Letter) -> Letter | None:
        """The letter that was claimed, if it is still ours to send; it stays as it is until this unit of work ends."""
        found: Letter | None = await self._executor.row(_FIND_OURS, letter_id=letter.id, taken=letter.attempts)
        return found

    async def become(self, letter: Letter, kind: str, user: User) -> Letter:
        """A registration becomes a letter of a kind to a user; what it held is removed."""
        whose = {"new_kind": kind, "owner_id": user.id, "new_address": user.email}
        became: Letter = await self._executor.row(_BECOME, letter_id=letter.id, **whose)
        return became

    async def withdraw(self, user_id: int, kind: str) -> None:
        """Remove letters of a kind to a user that are not sent yet."""
        await self._executor.later(_WITHDRAW, owner_id=user_id, of_kind=kind)

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
        return len(await self._executor.rows(_PUT_BACK, except_for=except_for, now=now))

    async def drop(self, letter: Letter) -> None:
        """There is nobody to write to, or nothing to say any more."""
        await self._executor.later(_DROP, letter_id=letter.id, taken=letter.attempts)

    async def backlog(self) -> Backlog:
        """What waits, and what was given up."""
        waiting = await self._executor.row(_WAITING)
        troubles = await self._executor.rows(_TROUBLES)
        return Backlog(waiting.many, waiting.oldest, [GivenUp(*row) for row in troubles])

    async def forget_sent(self, before: datetime, most: int) -> int:
        """Remove letters that were sent before a moment, and no more than `most`. How many there were."""
        return len(await self._executor.rows(_FORGET_SENT, before=before, most=most))

    async def forget_given_up(self, before: datetime, most: int) -> int:
        """The same for letters that were given up."""
        return len(await self._executor.rows(_FORGET_GIVEN_UP, before=before, most=most))

    async def forget_waiting(self, kind: str, knows_user: bool, before: datetime, most: int) -> int:
        """The same for letters of a kind that were written before a moment, and wait still."""
        return len(await self._executor.rows(_forget_waiting(knows_user), of_kind=kind, before=before, most=most))

    async def _set(self, letter: Letter, **values: Any) -> bool:
        named = {f"new_{name}": value for name, value in values.items()}
        statement = _set(tuple(values))
        return await self._executor.row(statement, letter_id=letter.id, taken=letter.attempts, **named) is not None


@cache
def _set(names: tuple[str, ...]) -> Statement:
    """Sets these columns of a letter that is ours."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return Statement(update(Letter).where(*_OURS).values(values).returning(Letter.id))


@cache
def _forget_waiting(knows_user: bool) -> Statement:
    whose = Letter.user_id.is_not(None) if knows_user else Letter.user_id.is_(None)
    stale = and_(is_waiting, Letter.kind == bindparam("of_kind"), whose, Letter.created_at < _BEFORE)
    return portion_of(Letter, stale)
