"""Events, read outside of any unit of work: by id, or page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, inspect, select

from gql_users.criteria import EventFilter
from gql_users.events import first_id_at
from gql_users.models import Event
from gql_users.paging import Position, Slice
from gql_users.repositories import keyset
from gql_users.repositories.driver import Driver
from gql_users.repositories.keyset import Keyset, Shape, page_statement
from gql_users.repositories.statements import Among, Statement

MOST_STATEMENTS = 256

_ALL = [getattr(Event, each.key) for each in inspect(Event).column_attrs]
_BY_IDS = Statement(select(*_ALL).where(Among(Event.id, "ids")), Event)

# Ids sort by time, so a span of time is a range of the index that every condition has at its end.
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "first_id": Event.id >= bindparam("first_id"),
    "id_behind": Event.id < bindparam("id_behind"),
    "kinds": Among(Event.kind, "kinds"),
    "user_id": Event.user_id == bindparam("user_id"),
    "actor_id": Event.actor_id == bindparam("actor_id"),
}


def _place(position: Position) -> Sequence[object]:
    return [UUID(str(position[0]))]


_NEWEST_FIRST = Keyset(model=Event, keys=lambda event: (event.id,), values=_place)


class EventReader:
    """Finds events as they are when it is asked."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def find_many(self, ids: Sequence[UUID]) -> Mapping[UUID, Event]:
        """Those of these events that exist, by id."""
        return {row.id: row for row in await self._driver.rows(_BY_IDS, ids=ids)}

    async def page(self, wanted: EventFilter, part: Slice) -> tuple[Sequence[Event], bool, bool]:
        """A part of the matching events, newest first, and whether there are more after it and before it."""
        given = _given(wanted)
        return await keyset.page(self._driver, _NEWEST_FIRST, partial(_page, tuple(given)), part, **given)

    async def count(self, wanted: EventFilter) -> int:
        """How many events match."""
        given = _given(wanted)
        (row,) = await self._driver.rows(_count(tuple(given)), **given)
        return int(row.count)


def _given(wanted: EventFilter) -> dict[str, object]:
    """The values of the conditions that are asked for, by their names."""
    within = wanted.occurred_at
    values: dict[str, object] = {
        "first_id": first_id_at(within.gte) if within is not None and within.gte is not None else None,
        "id_behind": first_id_at(within.lt) if within is not None and within.lt is not None else None,
        "kinds": [kind.value for kind in wanted.kinds] if wanted.kinds is not None else None,
        "user_id": wanted.user_id,
        "actor_id": wanted.actor_id,
    }
    return {name: value for name, value in values.items() if value is not None}


@lru_cache(MOST_STATEMENTS)
def _page(conditions: Sequence[str], shape: Shape) -> Statement:
    matching = [_CONDITIONS[name] for name in conditions]
    return Statement(page_statement(_NEWEST_FIRST, _ALL, matching, shape), Event)


@lru_cache(MOST_STATEMENTS)
def _count(conditions: Sequence[str]) -> Statement:
    matching = [_CONDITIONS[name] for name in conditions]
    return Statement(select(func.count().label("count")).select_from(Event).where(*matching))
