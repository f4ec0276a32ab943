"""All the SQL about events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users import text
from gql_users.criteria import EventFilter
from gql_users.events import Happened, first_id_at, id_at
from gql_users.models import Event
from gql_users.paging import Slice
from gql_users.repositories.keyset import Keyset, page
from gql_users.repositories.portions import forget

_NEWEST_FIRST = Keyset(
    model=Event,
    keys=lambda event: (event.id,),
    values=lambda position: [literal(UUID(str(position[0])), Uuid())],
)


class Events:
    """The events, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *happened: Happened) -> None:
        """Write down what happened, in the transaction of the change it tells of."""
        self._session.add_all(_row(each) for each in happened)
        await self._session.flush()

    async def find_many(self, ids: Sequence[UUID]) -> dict[UUID, Event]:
        """Those of these events that exist, by id."""
        found = await self._session.scalars(select(Event).where(Event.id.in_(ids)))
        return {event.id: event for event in found}

    async def page(self, wanted: EventFilter, part: Slice) -> tuple[Sequence[Event], bool, bool]:
        """A part of the matching events, newest first, and whether there are more after it and before it."""
        return await page(self._session, _NEWEST_FIRST, _conditions(wanted), part)

    async def count(self, wanted: EventFilter) -> int:
        """How many events match."""
        counted = select(func.count()).select_from(Event).where(*_conditions(wanted))
        return await self._session.scalar(counted) or 0

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


def _conditions(wanted: EventFilter) -> list[ColumnElement[bool]]:
    # Ids sort by time, so a span of time is a range of the index that every condition has at its end.
    conditions: list[Any] = []
    if wanted.occurred_at is not None and wanted.occurred_at.gte is not None:
        conditions.append(Event.id >= first_id_at(wanted.occurred_at.gte))
    if wanted.occurred_at is not None and wanted.occurred_at.lt is not None:
        conditions.append(Event.id < first_id_at(wanted.occurred_at.lt))
    if wanted.kinds is not None:
        conditions.append(Event.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.user_id is not None:
        conditions.append(Event.user_id == wanted.user_id)
    if wanted.actor_id is not None:
        conditions.append(Event.actor_id == wanted.actor_id)
    return conditions
