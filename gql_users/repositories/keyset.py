"""Keyset pages: a part of an ordered list, found by where it begins, in one statement that is an index scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, asc, desc, false, not_, select, true, tuple_
from sqlalchemy.orm import aliased

from gql_users.models import Base
from gql_users.paging import Position, Slice
from gql_users.repositories.rows import columns_of, facts_of
from gql_users.repositories.statements import Statement
from gql_users.repositories.transactions import Executor

Column = ColumnElement[Any]
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Keyset(Generic[Row]):
    """An ordering of a table: the columns it compares, which tell any two rows apart, and a position's values."""

    model: type[Row]
    keys: Callable[[Any], tuple[Column, ...]]
    values: Callable[[Position], Sequence[Column]]
    descending: bool = True


async def page(
    executor: Executor, keyset: Keyset[Row], matching: Sequence[Column], part: Slice
) -> tuple[Sequence[Row], bool, bool]:
    """A part of the matching rows in order, and whether there are more after it and before it: one statement."""
    rows = await executor.rows(Statement(page_statement(keyset, matching, part), facts_of(keyset.model)))
    found = [row for row in rows if row.id is not None]
    more, found = len(found) > part.size, found[: part.size]
    before_it, after_it = bool(rows[0].before_it), bool(rows[0].after_it)
    if part.backward:
        return found[::-1], after_it, more or before_it
    return found, more or after_it, before_it


def page_statement(keyset: Keyset[Row], matching: Sequence[Column], part: Slice) -> Any:
    """One row more than the page has, so that it shows whether another follows, beside two facts.

    The facts are whether anything matching lies at or before `after`, and at or behind `before`. They stand on the left
    of an outer join, so that they come back for an empty page too.
    """
    keys = keyset.keys(keyset.model)
    after = keyset.values(part.after) if part.after is not None else None
    before = keyset.values(part.before) if part.before is not None else None
    onward, back = (desc, asc) if keyset.descending else (asc, desc)
    beyond, ahead = (_lt, _gt) if keyset.descending else (_gt, _lt)
    within = [*matching]
    before_it: Column = false()
    after_it: Column = false()
    # Of two bounds on one column SQLite seeks by the one that stands first, so the position stands before the filter.
    if after is not None:
        within.insert(0, beyond(keys, after))
        before_it = _any(keys[-1], [not_(beyond(keys, after)), *matching], map(back, keys))
    if before is not None:
        within.insert(0, ahead(keys, before))
        after_it = _any(keys[-1], [not_(ahead(keys, before)), *matching], map(onward, keys))
    direction = back if part.backward else onward
    every = select(keyset.model.__table__)
    rows = every.where(*within).order_by(*map(direction, keys)).limit(part.size + 1).subquery("page")
    facts = select(before_it.label("before_it"), after_it.label("after_it")).subquery("facts")
    row = aliased(keyset.model, rows)
    read = (rows.c[column.name] for column in columns_of(keyset.model))
    statement = select(*read, facts.c.before_it, facts.c.after_it).select_from(facts.outerjoin(rows, true()))
    # A join promises no order, not even that of the rows it was given.
    return statement.order_by(*map(direction, keyset.keys(row)))


def _any(column: Column, conditions: Sequence[Column], nearest_first: Iterable[Column]) -> Column:
    """Is there any such row? Asked for in order, so that an index answers: EXISTS alone may read the table instead."""
    nearest = select(column).where(*conditions).order_by(*nearest_first).limit(1)
    return nearest.scalar_subquery().is_not(None)


def _lt(keys: Sequence[Column], values: Sequence[Column]) -> Column:
    return keys[0] < values[0] if len(keys) == 1 else tuple_(*keys) < tuple_(*values)


def _gt(keys: Sequence[Column], values: Sequence[Column]) -> Column:
    return keys[0] > values[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*values)
