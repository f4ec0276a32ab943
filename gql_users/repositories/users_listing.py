"""The SQL of lists of users: filters and orderings, each an index scan however deep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, false, literal, not_, or_, true

from gql_users import text
from gql_users.criteria import Order, OrderField, TextIs, TimeIs, UserFilter
from gql_users.models import User
from gql_users.models.base import BeforeAllTime, Moment
from gql_users.paging import Position, Slice
from gql_users.repositories import keyset
from gql_users.repositories.keyset import Column, Keyset
from gql_users.repositories.transactions import Executor

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
_TIMES = {OrderField.CREATED_AT, OrderField.UPDATED_AT, OrderField.LAST_LOGIN_AT}


def position(user: User, order: Order) -> Position:
    """Where a user stands in an ordering."""
    return tuple(getattr(user, attribute) for attribute in _SORTED_BY[order.field])


async def page(
    executor: Executor, wanted: UserFilter, order: Order, part: Slice
) -> tuple[Sequence[User], bool, bool]:
    """A part of the matching users in order, and whether there are more after it and before it: one statement."""
    return await keyset.page(executor, _keyset(order), conditions(wanted), part)


def _keyset(order: Order) -> Keyset[User]:
    return Keyset(
        model=User,
        keys=partial(_keys, order.field),
        values=partial(_values, order.field),
        descending=order.descending,
    )


def _keys(field: OrderField, user: type[User]) -> tuple[Column, ...]:
    """What an ordering compares, in the columns of its index. What is unique needs no id to break ties."""
    keys: dict[OrderField, tuple[Any, ...]] = {
        OrderField.ID: (user.id,),
        OrderField.CREATED_AT: (user.created_at, user.tie_breaker),
        OrderField.UPDATED_AT: (user.updated_at, user.tie_breaker),
        OrderField.NAME: (user.name_key, user.tie_breaker),
        OrderField.EMAIL: (user.email_key,),
        OrderField.USERNAME: (user.username_or_first, user.tie_breaker),
        OrderField.LAST_LOGIN_AT: (user.last_login_or_first, user.tie_breaker),
    }
    return keys[field]


def conditions(wanted: UserFilter) -> list[Column]:
    """The filter as conditions that must all hold."""
    found: list[Column] = []
    if wanted.email is not None:
        # An address is compared as an address: however its domain is spelled, it is the same one.
        found.extend(_text(User.email_key.expression, wanted.email, lambda value: text.email_key(value) or ""))
    if wanted.username is not None:
        found.extend(
            _text(User.username_key.expression, wanted.username, text.search_key, User.username_or_first.expression)
        )
    if wanted.name is not None:
        found.extend(_text(User.name_key.expression, wanted.name, text.search_key))
    for is_so, condition in (
        (wanted.is_active, User.deactivated_at.is_(None)),
        (wanted.is_admin, User.is_admin.expression),
        (wanted.email_verified, User.email_verified_at.is_not(None)),
    ):
        if is_so is not None:
            found.append(condition if is_so else not_(condition))
    for moment, within in ((User.created_at, wanted.created_at), (User.updated_at, wanted.updated_at)):
        if within is not None:
            found.extend(_time(moment.expression, within))
    if wanted.last_login_at is not None:
        found.append(User.last_login_at.is_not(None))
        found.extend(_time(User.last_login_or_first.expression, wanted.last_login_at))
    if wanted.every is not None:
        found.extend(and_(true(), *conditions(each)) for each in wanted.every)
    if wanted.some is not None:
        found.append(or_(false(), *(and_(true(), *conditions(each)) for each in wanted.some)))
    if wanted.none is not None:
        # NOT of an unknown is unknown, but somebody without a username is not among those whose username begins with a.
        found.append(and_(true(), *conditions(wanted.none)).is_not(true()))
    return found


def _text(
    column: Column, about: TextIs, whole_key: Callable[[str], str], sorted_by: Column | None = None
) -> list[Column]:
    """Conditions on a text. Beginnings are looked for in the column it is `sorted_by`, so that one index does both."""
    found: list[Column] = []
    if about.eq is not None:
        found.append(column == whole_key(about.eq))
    if about.among is not None:
        found.append(column.in_([whole_key(each) for each in about.among]))
    if about.contains is not None:
        found.append(column.contains(text.search_key(about.contains), autoescape=True))
    if about.starts_with is not None:
        prefix = text.search_key(about.starts_with)
        behind = text.after_prefix(prefix)
        # Everything begins with nothing, but having no text is not having one that does.
        beginning = sorted_by if sorted_by is not None and prefix else column
        found.append(beginning >= prefix)
        if behind is not None:
            found.append(beginning < behind)
    return found


def _time(column: Column, within: TimeIs) -> list[Column]:
    found: list[Column] = []
    if within.gte is not None:
        found.append(column >= literal(within.gte, Moment()))
    if within.lt is not None:
        found.append(column < literal(within.lt, Moment()))
    return found


def _values(field: OrderField, position: Position) -> list[Column]:
    """The position as the values its ordering compares: moments as moments, nothing as the place of nothing."""
    keys = _keys(field, User)
    first, *others = position
    if field in _TIMES:
        first = datetime.fromisoformat(str(first)) if first is not None else None
        lead = literal(first, Moment()) if first is not None else BeforeAllTime()
    else:
        lead = literal("" if first is None else first, keys[0].type)
    return [lead, *(literal(other, key.type) for other, key in zip(others, keys[1:], strict=True))]
