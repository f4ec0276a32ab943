"""What lists of users and of events can be narrowed and ordered by, in the language of the service."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from gql_users.errors import BadUserInput
from gql_users.events import EventKind

DEEPEST_FILTER = 5
MOST_CONDITIONS = 50
MOST_CHOICES = 100


class OrderField(Enum):
    """What users can be ordered by. Ties are broken by id; those without a value come first when ascending."""

    ID = "id"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    NAME = "name"
    EMAIL = "email"
    USERNAME = "username"
    LAST_LOGIN_AT = "last_login_at"


class Order(NamedTuple):
    """An ordering of users. Much is remembered by it, and a tuple is found fastest."""

    field: OrderField = OrderField.CREATED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class TextIs:
    """What a text must be, ignoring case. All that is given must hold."""

    eq: str | None = None
    among: tuple[str, ...] | None = None
    contains: str | None = None
    starts_with: str | None = None


@dataclass(frozen=True, slots=True)
class TimeIs:
    """When something must have been: at or after `gte`, before `lt`."""

    gte: datetime | None = None
    lt: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which users are wanted. All that is given must hold; None means no condition."""

    email: TextIs | None = None
    username: TextIs | None = None
    name: TextIs | None = None
    is_active: bool | None = None
    is_admin: bool | None = None
    email_verified: bool | None = None
    created_at: TimeIs | None = None
    updated_at: TimeIs | None = None
    last_login_at: TimeIs | None = None
    every: tuple[UserFilter, ...] | None = None
    some: tuple[UserFilter, ...] | None = None
    none: UserFilter | None = None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted. All that is given must hold; None means no condition."""

    kinds: tuple[EventKind, ...] | None = None
    user_id: int | None = None
    actor_id: int | None = None
    occurred_at: TimeIs | None = None


EVERYBODY = UserFilter()
NEWEST_FIRST = Order()

# The filters that were asked with lately, most of all none.
_remembered = lru_cache(maxsize=64)


@_remembered
def shape(value: object) -> str:
    """Which conditions a filter has, without their values: what a cursor is bound to."""
    if is_dataclass(value):
        given = ((field.name, getattr(value, field.name)) for field in fields(value))
        return "{" + ",".join(name + shape(part) for name, part in given if part is not None) + "}"
    if isinstance(value, tuple) and any(is_dataclass(part) for part in value):
        return "[" + ",".join(shape(part) for part in value) + "]"
    return ""


@_remembered
def require_reasonable(wanted: UserFilter) -> None:
    """Refuse a filter that is nested or long beyond any use: BadUserInput."""
    conditions = 0
    waiting = [(wanted, 1)]
    while waiting:
        part, depth = waiting.pop()
        # A part without conditions counts too: thousands of them are as hard to read.
        conditions += max(1, sum(getattr(part, field.name) is not None for field in fields(part)))
        if depth > DEEPEST_FILTER or conditions > MOST_CONDITIONS:
            raise BadUserInput(f"A filter has at most {MOST_CONDITIONS} conditions, {DEEPEST_FILTER} levels deep.")
        inner = (*(part.every or ()), *(part.some or ()), *((part.none,) if part.none else ()))
        waiting.extend((each, depth + 1) for each in inner)
        for text in (part.email, part.username, part.name):
            if text is not None and text.among is not None and len(text.among) > MOST_CHOICES:
                raise BadUserInput(f"A list of alternatives has at most {MOST_CHOICES} entries.")
