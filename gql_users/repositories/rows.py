"""Rows of a table: which columns are read and written, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, bindparam, insert, inspect
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from gql_users.models import Base
from gql_users.repositories.statements import row_class


def columns_of(model: type[Base]) -> Sequence[Column[Any]]:
    """The columns that people care about: what the database makes of other columns is for its indexes."""
    columns: Sequence[Column[Any]] = inspect(model).columns.values()
    return [column for column in columns if column.computed is None]


def noun_of(model: type[Base]) -> type[Any]:
    """The class of tuples of all these columns, for a row that is a part of a longer one."""
    return row_class(tuple, [column.name for column in columns_of(model)], [model])


def instance_of(model: type[Base], row: Any) -> Any:
    """What a row says as an instance of the model, for services that go on working with it."""
    return model(**{column.name: getattr(row, column.name) for column in columns_of(model)})


def insert_of(model: type[Base]) -> Any:
    """The statement that inserts a row, with a value for each column that `values_of` gives."""
    return insert(model).values({column.name: bindparam(f"new_{column.name}") for column in written(model)})


def values_of(row: Base) -> Mapping[str, object]:
    """The values of a new row, under the names that `insert_of` has for them."""
    return {f"new_{column.name}": _value(row, column) for column in written(type(row))}


def written(model: type[Base]) -> Sequence[Column[Any]]:
    """The columns that are given when a row is written: not a number that the database gives."""
    return [column for column in columns_of(model) if column.identity is None]


def _value(row: Base, column: Column[Any]) -> object:
    value, default = getattr(row, column.name), column.default
    return default.arg if value is None and isinstance(default, ScalarElementColumnDefault) else value
