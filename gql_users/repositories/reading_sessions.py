"""Sessions, read outside of any unit of work: who shows a token, together with all who do so now, and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, inspect, select

from gql_users.models import Session, User
from gql_users.paging import Position, Slice
from gql_users.repositories import keyset
from gql_users.repositories.driver import Driver
from gql_users.repositories.keyset import Keyset, Shape, page_statement
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.together import Together

MOST_STATEMENTS = 256

_ALL = [getattr(Session, each.key) for each in inspect(Session).column_attrs]
_BY_IDS = Statement(select(*_ALL).where(Among(Session.id, "ids")), Session, is_by_key=True)

_STATE = Session.id, Session.user_id, Session.refreshed_at, Session.expires_at, Session.revoked_at
_STATES = Statement(
    select(*_STATE, User.is_admin, User.deactivated_at)
    .join(User, User.id == Session.user_id)
    .where(Among(Session.id, "ids")),
    Session,
    User,
    is_by_key=True,
)

_LIVE = (
    Session.user_id == bindparam("user_id"),
    Session.revoked_at.is_(None),
    Session.expires_at > bindparam("now"),
    Session.refreshed_at > bindparam("refreshed_since"),
)
_COUNT = Statement(select(func.count().label("count")).select_from(Session).where(*_LIVE))


def _place(position: Position) -> Sequence[object]:
    return [UUID(str(position[0]))]


_NEWEST_FIRST = Keyset(model=Session, keys=lambda session: (session.id,), values=_place)


class SessionReader:
    """Finds sessions as they are when it is asked."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._together = Together(self._find_states)

    async def find_state(self, session_id: UUID) -> Any | None:
        """What says whether a session is good, and whose it is: one statement answers all who ask at the same moment.

        It has `id`, `user_id`, `ends_at` and `revoked_at` of the session, `is_admin` and `is_active` of its user.
        """
        return await self._together.find(session_id)

    async def find_many(self, ids: Sequence[UUID]) -> Mapping[UUID, Session]:
        """Those of these sessions that exist, by id."""
        return {row.id: row for row in await self._driver.rows(_BY_IDS, ids=ids)}

    async def page_of(
        self, user_id: int, part: Slice, *, now: datetime, refreshed_since: datetime
    ) -> tuple[Sequence[Session], bool, bool]:
        """A part of a user's live sessions, newest first, and whether there are more after it and before it."""
        living = {"user_id": user_id, "now": now, "refreshed_since": refreshed_since}
        return await keyset.page(self._driver, _NEWEST_FIRST, _page, part, **living)

    async def count_of(self, user_id: int, *, now: datetime, refreshed_since: datetime) -> int:
        """How many live sessions a user has."""
        living = {"user_id": user_id, "now": now, "refreshed_since": refreshed_since}
        (row,) = await self._driver.rows(_COUNT, **living)
        return int(row.count)

    async def _find_states(self, ids: Sequence[UUID]) -> Mapping[UUID, Any]:
        return {row.id: row for row in await self._driver.rows(_STATES, ids=ids)}


@lru_cache(MOST_STATEMENTS)
def _page(shape: Shape) -> Statement:
    return Statement(page_statement(_NEWEST_FIRST, _ALL, _LIVE, shape), Session)
