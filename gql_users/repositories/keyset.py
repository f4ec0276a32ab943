"""Keyset pages: a part of an ordered list, found by where it begins, in one statement that is an index scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, asc, bindparam, desc, false, literal_column, not_, select, true, tuple_

from gql_users.models.base import BeforeAllTime
from gql_users.paging import Position, Slice
from gql_users.repositories.driver import Driver
from gql_users.repositories.statements import Statement

Column = ColumnElement[Any]
Known = tuple[bool, ...]
"""Of the values of a bound, which are known. One that is not is a moment before all time."""


@dataclass(frozen=True, slots=True)
class Keyset:
    """An ordering of a table: the columns it compares, which tell any two rows apart, and a position's values."""

    model: type[Any]
    keys: Callable[[Any], tuple[Any, ...]]
    values: Callable[[Position], Sequence[object]]
    descending: bool = True


class Shape(NamedTuple):
    """What of a wanted part is in the text of its statement: all but the values of its bounds.

    Statements are remembered by it, and a tuple is found fastest.
    """

    size: int
    backward: bool
    after: Known | None = None
    before: Known | None = None
    tells_next: bool = False
    tells_previous: bool = False

    @property
    def is_plain(self) -> bool:
        """Is nothing asked about what lies behind the bounds, as where there are none?"""
        return not (self.after is not None and self.tells_previous) and not (
            self.before is not None and self.tells_next
        )


async def page(
    driver: Driver, keyset: Keyset, statement: Callable[[Shape], Statement], part: Slice, **values: object
) -> tuple[Sequence[Any], bool, bool]:
    """A part of the matching rows in order, and whether there are more after it and before it: one statement.

    `statement` makes `page_statement` for a shape, and remembers it: that takes longer than executing it.
    """
    if part.after is None and part.before is None:
        rows = await driver.rows(statement(Shape(part.size, part.backward)), **values)
        return _cut(rows, part, before_it=False, after_it=False)
    after = keyset.values(part.after) if part.after is not None else None
    before = keyset.values(part.before) if part.before is not None else None
    shape = Shape(part.size, part.backward, _known(after), _known(before), part.tells_next, part.tells_previous)
    bounds = {**_named("after", after), **_named("before", before)}
    rows = await driver.rows(statement(shape), **bounds, **values)
    if shape.is_plain:
        return _cut(rows, part, before_it=False, after_it=False)
    before_it, after_it = bool(rows[0].before_it), bool(rows[0].after_it)
    return _cut(rows if rows[0].id is not None else [], part, before_it=before_it, after_it=after_it)


def _cut(rows: Sequence[Any], part: Slice, *, before_it: bool, after_it: bool) -> tuple[Sequence[Any], bool, bool]:
    """The part without the row that shows whether another follows, in the list's order, and what lies around it."""
    more, found = len(rows) > part.size, rows[: part.size]
    if part.backward:
        return found[::-1], after_it, more or before_it
    return found, more or after_it, before_it


def page_statement(keyset: Keyset, columns: Sequence[Any], matching: Sequence[Column], shape: Shape) -> Any:
    """One row more than the page has, so that it shows whether another follows, beside two facts.

    The facts are whether anything matching lies at or before `after`, and at or behind `before`. They stand on the left
    of an outer join, so that they come back for an empty page too. Those that nobody asks for are not looked for.

    The size is written into the text: a statement without any values is planned once by PostgreSQL, and not each time.
    """
    keys = keyset.keys(keyset.model)
    onward, back = (desc, asc) if keyset.descending else (asc, desc)
    direction = back if shape.backward else onward
    most: Column = literal_column(str(shape.size + 1))
    beyond, ahead = (_lt, _gt) if keyset.descending else (_gt, _lt)
    within = [*matching]
    before_it: Column = false()
    after_it: Column = false()
    # Of two bounds on one column SQLite seeks by the one that stands first, so the position stands before the filter.
    if shape.after is not None:
        after = _place("after", keys, shape.after)
        within.insert(0, beyond(keys, after))
        if shape.tells_previous:
            before_it = _any(keys[-1], [not_(beyond(keys, after)), *matching], map(back, keys))
    if shape.before is not None:
        before = _place("before", keys, shape.before)
        within.insert(0, ahead(keys, before))
        if shape.tells_next:
            after_it = _any(keys[-1], [not_(ahead(keys, before)), *matching], map(onward, keys))
    if shape.is_plain:
        return select(*columns).where(*within).order_by(*map(direction, keys)).limit(most)
    wanted = {column.key: column for column in (*columns, *keys)}
    rows = select(*wanted.values()).where(*within).order_by(*map(direction, keys)).limit(most).subquery("page")
    facts = select(before_it.label("before_it"), after_it.label("after_it")).subquery("facts")
    shown = [rows.c[column.key] for column in columns]
    statement = select(*shown, facts.c.before_it, facts.c.after_it).select_from(facts.outerjoin(rows, true()))
    # A join promises no order, not even that of the rows it was given.
    return statement.order_by(*map(direction, keyset.keys(rows.c)))


def _known(values: Sequence[object] | None) -> Known | None:
    return tuple(value is not None for value in values) if values is not None else None


def _named(bound: str, values: Sequence[object] | None) -> dict[str, object]:
    return {f"{bound}_{n}": value for n, value in enumerate(values or ()) if value is not None}


def _place(bound: str, keys: Sequence[Column], known: Known) -> list[Column]:
    return [
        bindparam(f"{bound}_{n}", type_=key.type) if is_known else BeforeAllTime()
        for n, (key, is_known) in enumerate(zip(keys, known, strict=True))
    ]


def _any(column: Column, conditions: Sequence[Column], nearest_first: Iterable[Column]) -> Column:
    """Is there any such row? Asked for in order, so that an index answers: EXISTS alone may read the table instead."""
    nearest = select(column).where(*conditions).order_by(*nearest_first).limit(1)
    return nearest.scalar_subquery().is_not(None)


def _lt(keys: Sequence[Column], values: Sequence[Column]) -> Column:
    return keys[0] < values[0] if len(keys) == 1 else tuple_(*keys) < tuple_(*values)


def _gt(keys: Sequence[Column], values: Sequence[Column]) -> Column:
    return keys[0] > values[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*values)
