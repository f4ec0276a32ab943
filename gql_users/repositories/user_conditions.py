"""Filters of users as SQL: their conditions without values, which are the same for many requests, and the values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, bindparam, false, not_, or_, true

from gql_users import text
from gql_users.criteria import TextIs, TimeIs, UserFilter
from gql_users.models import User
from gql_users.repositories.statements import Among

Column: TypeAlias = ColumnElement[Any]
Condition: TypeAlias = tuple[Any, ...]
"""A column and what is asked of it, or `every`, `some` or `none` and the conditions that it is about."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """A filter, taken apart: what is in the text of a statement, and what is given beside it, by name."""

    conditions: tuple[Condition, ...]
    values: Mapping[str, object]


def criteria(wanted: UserFilter) -> Criteria:
    """The filter, with every text in the form in which it is compared."""
    values: dict[str, object] = {}
    return Criteria(tuple(_conditions(wanted, values)), values)


def clauses(conditions: Sequence[Condition]) -> list[Column]:
    """The conditions in SQL, which must all hold. Values go in by the names they have in the criteria."""
    names = (f"given_{n}" for n in count())
    return [_clause(each, names) for each in conditions]


def _conditions(wanted: UserFilter, values: dict[str, object]) -> Iterator[Condition]:
    def given(column: str, asked: str, value: object) -> Condition:
        values[f"given_{len(values)}"] = value
        return column, asked

    if wanted.email is not None:
        # An address is compared as an address: however its domain is spelled, it is the same one.
        yield from _text(given, "email_key", wanted.email, lambda value: text.email_key(value) or "")
    if wanted.username is not None:
        yield from _text(given, "username_key", wanted.username, text.search_key, "username_or_first")
    if wanted.name is not None:
        yield from _text(given, "name_key", wanted.name, text.search_key)
    for column, is_so in (
        ("is_active", wanted.is_active),
        ("is_admin", wanted.is_admin),
        ("email_verified", wanted.email_verified),
    ):
        if is_so is not None:
            yield column, is_so
    for column, within in (("created_at", wanted.created_at), ("updated_at", wanted.updated_at)):
        if within is not None:
            yield from _time(given, column, within)
    if wanted.last_login_at is not None:
        yield "has_signed_in", True
        yield from _time(given, "last_login_or_first", wanted.last_login_at)
    for name, parts in (("every", wanted.every), ("some", wanted.some), ("none", _alone(wanted.none))):
        if parts is not None:
            yield name, tuple(tuple(_conditions(each, values)) for each in parts)


def _alone(part: UserFilter | None) -> tuple[UserFilter, ...] | None:
    return (part,) if part is not None else None


def _text(
    given: Callable[[str, str, object], Condition],
    column: str,
    about: TextIs,
    whole_key: Callable[[str], str],
    sorted_by: str | None = None,
) -> Iterator[Condition]:
    """Conditions on a text. Beginnings are looked for in the column it is `sorted_by`, so that one index does both."""
    if about.eq is not None:
        yield given(column, "=", whole_key(about.eq))
    if about.among is not None:
        yield given(column, "among", [whole_key(each) for each in about.among])
    if about.contains is not None:
        yield given(column, "like", f"%{_literally(text.search_key(about.contains))}%")
    if about.starts_with is not None:
        prefix = text.search_key(about.starts_with)
        behind = text.after_prefix(prefix)
        # Everything begins with nothing, but having no text is not having one that does.
        beginning = sorted_by if sorted_by is not None and prefix else column
        yield given(beginning, ">=", prefix)
        if behind is not None:
            yield given(beginning, "<", behind)


def _time(given: Callable[[str, str, object], Condition], column: str, within: TimeIs) -> Iterator[Condition]:
    if within.gte is not None:
        yield given(column, ">=", within.gte)
    if within.lt is not None:
        yield given(column, "<", within.lt)


def _literally(part: str) -> str:
    """The text as LIKE finds it, with nothing in it that stands for anything else."""
    return part.replace("/", "//").replace("%", "/%").replace("_", "/_")


_STATES: Mapping[str, Column] = {
    "is_active": User.deactivated_at.is_(None),
    "is_admin": User.is_admin.expression,
    "email_verified": User.email_verified_at.is_not(None),
    "has_signed_in": User.last_login_at.is_not(None),
}
_COMPARED: Mapping[str, Callable[[Column, str], Column]] = {
    "=": lambda column, name: column == bindparam(name, type_=column.type),
    ">=": lambda column, name: column >= bindparam(name, type_=column.type),
    "<": lambda column, name: column < bindparam(name, type_=column.type),
    "like": lambda column, name: column.like(bindparam(name, type_=column.type), escape="/"),
    "among": Among,
}


def _clause(condition: Condition, names: Iterator[str]) -> Column:
    about, asked = condition
    if about in _STATES:
        return _STATES[about] if asked else not_(_STATES[about])
    if about in {"every", "some", "none"}:
        return _whole(about, [and_(true(), *(_clause(each, names) for each in part)) for part in asked])
    return _COMPARED[asked](getattr(User, about).expression, next(names))


def _whole(about: str, parts: Sequence[Column]) -> Column:
    if about == "every":
        return and_(true(), *parts)
    if about == "some":
        return or_(false(), *parts)
    # NOT of an unknown is unknown, but somebody without a username is not among those whose username begins with a.
    return parts[0].is_not(true())
