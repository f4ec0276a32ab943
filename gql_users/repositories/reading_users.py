"""Users, read outside of any unit of work: by key, together with whoever asks at the same moment, or page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import bindparam, func, inspect, select

from gql_users.criteria import Order, UserFilter
from gql_users.models import User
from gql_users.models.users import LARGEST_ID
from gql_users.paging import Slice
from gql_users.repositories import keyset
from gql_users.repositories.driver import Driver
from gql_users.repositories.keyset import Shape, page_statement
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.together import Together
from gql_users.repositories.user_conditions import Condition, clauses, criteria
from gql_users.repositories.user_orders import ordering, sorted_by

# Whoever may be shown an account may be shown these.
SHOWN = frozenset(each.key for each in inspect(User).column_attrs if not each.deferred) - {"password_hash"}

# How many statements are remembered, of each kind.
MOST_STATEMENTS = 256


class UserReader:
    """Finds users as they are when it is asked. `columns` names what of them is read; the id always is.

    What it gives are rows: they have these columns, and what follows from them, but changing them changes nothing.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._together = lru_cache(MOST_STATEMENTS)(self._looking_up)

    def find(self, user_id: int, columns: frozenset[str] = SHOWN) -> Awaitable[User | None]:
        """The user of this number; one statement answers all who ask at the same moment."""
        return self._together(columns).find(user_id) if _is_possible(user_id) else _nobody()

    async def find_many(self, ids: Collection[int], columns: frozenset[str] = SHOWN) -> Mapping[int, User]:
        """Those of these users that exist, by number, in one statement."""
        possible = [each for each in ids if _is_possible(each)]
        if not possible:
            return {}
        return {row.id: row for row in await self._driver.rows(_by_ids(columns), ids=possible)}

    async def find_by_email(self, key: str, columns: frozenset[str] = SHOWN) -> User | None:
        """The user of this address, given by its key."""
        return next(iter(await self._driver.rows(_by("email_key", columns), key=key)), None)

    async def find_by_username(self, key: str, columns: frozenset[str] = SHOWN) -> User | None:
        """The user of this username, given by its key."""
        return next(iter(await self._driver.rows(_by("username_key", columns), key=key)), None)

    async def page(
        self, wanted: UserFilter, order: Order, part: Slice, columns: frozenset[str] = SHOWN
    ) -> tuple[Sequence[User], bool, bool]:
        """A part of the matching users in order, and whether there are more after it and before it.

        They have what `position` needs, too.
        """
        asked = criteria(wanted)
        statement = partial(_page, columns, order, asked.conditions)
        return await keyset.page(self._driver, ordering(order), statement, part, **asked.values)

    async def count(self, wanted: UserFilter) -> int:
        """How many users match."""
        asked = criteria(wanted)
        (row,) = await self._driver.rows(_count(asked.conditions), **asked.values)
        return int(row.count)

    async def skip_to(self, skip: int, limit: int) -> Sequence[User]:
        """`limit` users after the first `skip`, by number: for contracts that page by offset."""
        return await self._driver.rows(_SKIPPING, skip=skip, limit=limit)

    async def after(self, user_id: int, limit: int) -> Sequence[User]:
        """The next `limit` users after this number."""
        return await self._driver.rows(_FOLLOWING, user_id=user_id, limit=limit)

    def _looking_up(self, columns: frozenset[str]) -> Together[int, User]:
        return Together(partial(self.find_many, columns=columns))


async def _nobody() -> None:
    return None


def _is_possible(user_id: int) -> bool:
    """Can the column hold this number? Drivers fail on one that it cannot, instead of finding nobody."""
    return 0 < user_id <= LARGEST_ID


@lru_cache(MOST_STATEMENTS)
def _by_ids(columns: frozenset[str]) -> Statement:
    return Statement(select(*_these(columns)).where(Among(User.id, "ids")), User, is_by_key=True)


@lru_cache(MOST_STATEMENTS)
def _by(key: str, columns: frozenset[str]) -> Statement:
    return Statement(select(*_these(columns)).where(getattr(User, key) == bindparam("key")), User, is_by_key=True)


@lru_cache(MOST_STATEMENTS)
def _page(columns: frozenset[str], order: Order, conditions: tuple[Condition, ...], shape: Shape) -> Statement:
    wanted = _these(columns.union(sorted_by(order)))
    return Statement(page_statement(ordering(order), wanted, clauses(conditions), shape), User)


@lru_cache(MOST_STATEMENTS)
def _count(conditions: tuple[Condition, ...]) -> Statement:
    return Statement(select(func.count().label("count")).select_from(User).where(*clauses(conditions)))


def _these(columns: frozenset[str]) -> list[Any]:
    return [getattr(User, name) for name in sorted(columns | {"id"})]


_BY_NUMBER = select(*_these(SHOWN)).order_by(User.id).limit(bindparam("limit"))
_SKIPPING = Statement(_BY_NUMBER.offset(bindparam("skip")), User)
_FOLLOWING = Statement(_BY_NUMBER.where(User.id > bindparam("user_id")), User)
