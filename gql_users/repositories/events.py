"""All the SQL about events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users import text
from gql_users.events import CHANGES, EventKind, Happened, first_id_at, id_at
from gql_users.models import Event, User
from gql_users.repositories.portions import forget

CHANNEL = "gql_users_changes"
"""Where PostgreSQL tells other processes the ids of events that are changes of accounts."""

# SQLite numbers rows as they are written, and lets one write at a time: the order of the commits. Ids tell only when
# something began.
_ROW: ColumnElement[int] = literal_column("events.rowid", Integer())

_WITH_USERS = (
    select(Event, User)
    .outerjoin(User, User.id == Event.user_id)
    .where(Event.kind.in_(CHANGES))
    .execution_options(populate_existing=True)
)


class Events:
    """The events, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *happened: Happened) -> None:
        """Write down what happened, in the transaction of the change it tells of.

        On PostgreSQL other processes are told of changes of accounts, and of nothing else: transactions that tell them
        commit one after the other.
        """
        rows = [_row(each) for each in happened]
        self._session.add_all(rows)
        await self._session.flush()
        told = [str(row.id) for row in rows if row.kind in CHANGES]
        if told and self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(select(*(func.pg_notify(CHANNEL, event_id) for event_id in told)))

    async def find_with_users(self, ids: Sequence[UUID]) -> list[tuple[Event, User | None]]:
        """Those of these events that exist, in their order, each with whom it is about, unless that account is gone."""
        found = await self._session.execute(_WITH_USERS.where(Event.id.in_(ids)))
        by_id = {event.id: (event, user) for event, user in found}
        return [by_id[each] for each in ids if each in by_id]

    async def knows(self, kind: EventKind, user_id: int) -> bool:
        """Did this happen to the user, as far as is remembered?"""
        happened = select(Event.id).where(Event.user_id == user_id, Event.kind == kind.value)
        return await self._session.scalar(happened.limit(1)) is not None

    async def last_row(self) -> int:
        """The place of the newest event, in the order of writing. SQLite alone."""
        return await self._session.scalar(select(func.max(_ROW)).select_from(Event)) or 0

    async def find_after(self, row: int, most: int) -> list[tuple[int, Event, User | None]]:
        """Up to `most` events after this place, each with its place, and as in `find_with_users`. SQLite alone."""
        after = _WITH_USERS.add_columns(_ROW).where(row < _ROW).order_by(_ROW).limit(most)
        return [(place, event, user) for event, user, place in await self._session.execute(after)]

    async def forget(self, before: datetime, most: int) -> int:
        """Remove events from before a moment, and no more than `most`. How many there were."""
        return await forget(self._session, Event, Event.id < first_id_at(before), most)


def _row(happened: Happened) -> Event:
    client = happened.by.client
    return Event(
        id=id_at(happened.at),
        kind=happened.kind.value,
        occurred_at=happened.at,
        user_id=happened.user_id,
        actor_id=happened.by.user_id,
        ip_address=text.for_record(client.ip_address, text.LONGEST_ADDRESS),
        user_agent=text.for_record(client.user_agent, text.LONGEST_USER_AGENT),
        details=dict(happened.details) or None,
    )
