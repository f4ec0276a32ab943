"""Removing rows a portion at a time, so that nobody waits long for those who forget."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, delete, inspect, select, tuple_

from gql_users.models.base import Base
from gql_users.repositories.statements import Statement


def portion_of(model: type[Base], over: ColumnElement[bool]) -> Statement:
    """The statement that removes rows that are over, but no more than `most`, and none that somebody holds.

    It says which rows these were.
    """
    key = inspect(model).primary_key
    chosen = select(*key).where(over).limit(bindparam("most")).with_for_update(skip_locked=True)
    return Statement(delete(model).where(tuple_(*key).in_(chosen)).returning(*key))
