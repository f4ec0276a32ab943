"""The orderings of users, each an index scan however deep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any

from gql_users.criteria import Order, OrderField
from gql_users.models import User
from gql_users.paging import Position
from gql_users.repositories.keyset import Keyset

# Where a row has what its ordering compares.
_SORTED_BY = {
    OrderField.ID: ("id",),
    OrderField.CREATED_AT: ("created_at", "id"),
    OrderField.UPDATED_AT: ("updated_at", "id"),
    OrderField.NAME: ("name_key", "id"),
    OrderField.EMAIL: ("email_key",),
    OrderField.USERNAME: ("username_key", "id"),
    OrderField.LAST_LOGIN_AT: ("last_login_at", "id"),
}
# The columns of its index. What is unique needs no id to break ties.
_KEYS = {
    OrderField.ID: ("id",),
    OrderField.CREATED_AT: ("created_at", "tie_breaker"),
    OrderField.UPDATED_AT: ("updated_at", "tie_breaker"),
    OrderField.NAME: ("name_key", "tie_breaker"),
    OrderField.EMAIL: ("email_key",),
    OrderField.USERNAME: ("username_or_first", "tie_breaker"),
    OrderField.LAST_LOGIN_AT: ("last_login_or_first", "tie_breaker"),
}
_TIMES = {OrderField.CREATED_AT, OrderField.UPDATED_AT, OrderField.LAST_LOGIN_AT}


def sorted_by(order: Order) -> tuple[str, ...]:
    """The columns from which a position in an ordering is made."""
    return _SORTED_BY[order.field]


@cache
def position(order: Order) -> Callable[[User], Position]:
    """What says where a user stands in an ordering."""
    names = _SORTED_BY[order.field]
    # Of one name it makes a value, and of several a tuple.
    return attrgetter(*names) if len(names) > 1 else lambda user: (getattr(user, names[0]),)


@cache
def ordering(order: Order) -> Keyset:
    """The ordering as one of the table."""
    return Keyset(
        model=User,
        keys=partial(_keys, order.field),
        values=partial(_values, order.field),
        descending=order.descending,
    )


def _keys(field: OrderField, user: Any) -> tuple[Any, ...]:
    return tuple(getattr(user, name) for name in _KEYS[field])


def _values(field: OrderField, position: Position) -> Sequence[object]:
    """The position as the values its ordering compares: moments as moments, nothing as the place of nothing."""
    first, *others = position
    if field in _TIMES:
        return [datetime.fromisoformat(str(first)) if first is not None else None, *others]
    return ["" if first is None else first, *others]
