"""All the SQL about events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from gql_users import text
from gql_users.events import CHANGES, EventKind, Happened, first_id_at, id_at
from gql_users.models import Event, User
from gql_users.repositories.portions import portion_of
from gql_users.repositories.rows import columns_of, insert_of, noun_of
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.transactions import Executor

CHANNEL = "gql_users_changes"
"""Where PostgreSQL tells other processes the ids of events that are changes of accounts."""

_COLUMNS, _USER_COLUMNS = columns_of(Event), columns_of(User)
_EVENT, _USER = noun_of(Event), noun_of(User)
# SQLite numbers rows as they are written, and lets one write at a time: the order of the commits. Ids tell only when
# something began.
_ROW: ColumnElement[int] = literal_column("events.rowid", Integer())

_INSERT = insert_of(Event)
_TOLD = _INSERT.returning(Event.id).cte("told")
_ADD = Statement(_INSERT)
# It tells, and gives no row.
_ADD_AND_TELL = Statement(
    select(_TOLD.c.id).where(func.pg_notify(CHANNEL, cast(_TOLD.c.id, String)).is_(None)), on_sqlite=_INSERT
)
_WITH_USERS = (
    select(*(column.label(f"event_{column.name}") for column in _COLUMNS), *_USER_COLUMNS)
    .outerjoin(User.__table__, User.id == Event.user_id)
    .where(Event.kind.in_(CHANGES))
)
_FIND_WITH_USERS = Statement(_WITH_USERS.where(Among(Event.id, "ids")))
_HAPPENED = Event.user_id == bindparam("to_whom"), Event.kind == bindparam("what")
_KNOWS = Statement(select(Event.id).where(*_HAPPENED).limit(1))
_LAST_ROW = Statement(select(func.max(_ROW).label("place")).select_from(Event))
_FIND_AFTER = Statement(
    _WITH_USERS.add_columns(_ROW.label("place"))
    .where(bindparam("after") < _ROW)
    .order_by(_ROW)
    .limit(bindparam("most"))
)
_FORGET = portion_of(Event, Event.id < bindparam("before"))


class Events:
    """The events, within one unit of work."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def add(self, *happened: Happened) -> None:
        """Write down what happened, in the transaction of the change it tells of.

        On PostgreSQL other processes are told of changes of accounts, and of nothing else: transactions that tell them
        commit one after the other.
        """
        for each in happened:
            await self._executor.later(_ADD_AND_TELL if each.kind in CHANGES else _ADD, **_values(each))

    async def find_with_users(self, ids: Sequence[UUID]) -> list[tuple[Event, User | None]]:
        """Those of these events that exist, in their order, each with whom it is about, unless that account is gone."""
        found = await self._executor.rows(_FIND_WITH_USERS, ids=list(ids))
        by_id = {row.event_id: _with_user(row) for row in found}
        return [by_id[each] for each in ids if each in by_id]

    async def knows(self, kind: EventKind, user_id: int) -> bool:
        """Did this happen to the user, as far as is remembered?"""
        return await self._executor.row(_KNOWS, to_whom=user_id, what=kind.value) is not None

    async def last_row(self) -> int:
        """The place of the newest event, in the order of writing. SQLite alone."""
        return (await self._executor.row(_LAST_ROW)).place or 0

    async def find_after(self, row: int, most: int) -> list[tuple[int, Event, User | None]]:
        """Up to `most` events after this place, each with its place, and as in `find_with_users`. SQLite alone."""
        found = await self._executor.rows(_FIND_AFTER, after=row, most=most)
        return [(each.place, *_with_user(each)) for each in found]

    async def forget(self, before: datetime, most: int) -> int:
        """Remove events from before a moment, and no more than `most`. How many there were."""
        return len(await self._executor.rows(_FORGET, before=first_id_at(before), most=most))


def _values(happened: Happened) -> dict[str, object]:
    client = happened.by.client
    return {
        "new_id": id_at(happened.at),
        "new_kind": happened.kind.value,
        "new_occurred_at": happened.at,
        "new_user_id": happened.user_id,
        "new_actor_id": happened.by.user_id,
        "new_ip_address": text.for_record(client.ip_address, text.LONGEST_ADDRESS),
        "new_user_agent": text.for_record(client.user_agent, text.LONGEST_USER_AGENT),
        "new_details": dict(happened.details) or None,
    }


def _with_user(row: Any) -> tuple[Any, Any]:
    event, user = _EVENT(row[: len(_COLUMNS)]), _USER(row[len(_COLUMNS) : len(_COLUMNS) + len(_USER_COLUMNS)])
    return event, user if user.id is not None else None
