"""Statements: written in SQLAlchemy, compiled once, and executed by the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from types import FunctionType
from typing import Any

import asyncpg
from sqlalchemy import ARRAY, BindParameter, ColumnElement, String, any_, bindparam, make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

POSTGRESQL = make_url("postgresql+asyncpg://").get_dialect()()

Values = Mapping[str, object]
Bind = Callable[[Any], object]


class Statement:
    """A statement whose values are given by name, as `bindparam` says.

    Its rows are tuples with an attribute for each column, and what the models say that follows from them, such as
    `is_active`: where nobody changes them, they do for objects of the models. `on_sqlite` is for what the two databases
    say differently. `is_by_key` is for those that find rows by keys: whatever the values, their plan is the same.
    """

    def __init__(self, clause: Any, *models: type[Any], on_sqlite: Any = None, is_by_key: bool = False) -> None:
        self.is_by_key = is_by_key
        self._clause = clause
        self._on_sqlite = clause if on_sqlite is None else on_sqlite
        self._models = models

    def on(self, dialect: str) -> Any:
        """The statement as SQLAlchemy executes it itself."""
        return self._on_sqlite if dialect == "sqlite" else self._clause

    @cached_property
    def on_postgresql(self) -> Compiled:
        """What asyncpg is given, and the class of the rows that it makes."""
        compiled = self._clause.compile(dialect=POSTGRESQL)
        given = {name for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(dict.fromkeys(given))
        binds = {**_binds(compiled.binds), **state.processors}
        fixed = {name: value for name, value in state.parameters.items() if name not in given}
        fixed |= {name: binds[name](fixed[name]) for name in fixed.keys() & binds.keys()}
        return Compiled(
            text=state.statement,
            places=[(name, binds.get(name) if name in given else None) for name in state.positiontup or ()],
            fixed=fixed,
            row=row_class(asyncpg.Record, _columns(self._clause), self._models),
        )

    @cached_property
    def row(self) -> Callable[[Sequence[object]], Any]:
        """Makes a row of what SQLAlchemy read."""
        return row_class(tuple, _columns(self._on_sqlite), self._models)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as the driver takes it: a text, and its values in the order of their places.

    Each place says which value goes there, and what makes the driver's value of it, where that is another.
    """

    text: str
    places: Sequence[tuple[str, Bind | None]]
    fixed: Values
    row: type[Any]

    def arguments(self, values: Values) -> Sequence[object]:
        """The values by place. Raises KeyError when one is missing."""
        known = {**self.fixed, **values} if self.fixed else values
        return [known[name] if bind is None else bind(known[name]) for name, bind in self.places]


class Among(ColumnElement[bool]):
    """Is the column's value among those given by this name, however many they are?

    On PostgreSQL they are one value, a list, so that the text of the statement is always the same.
    """

    _traverse_internals = [  # noqa: RUF012 - how SQLAlchemy is told what tells two of them apart
        ("as_list", InternalTraversal.dp_clauseelement),
        ("as_several", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: Any, name: str) -> None:
        # A text that is too long for the column is cut where it is said how long it may be, and found.
        each = String() if isinstance(column.type, String) else column.type
        self.as_list = column == any_(bindparam(name, type_=ARRAY(each)))
        self.as_several = column.in_(bindparam(name, type_=column.type, expanding=True))


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.as_list, **options))


@compiles(Among)
def _elsewhere(element: Among, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.as_several, **options))


def row_class(base: type[Any], columns: Sequence[str], models: Sequence[type[Any]]) -> type[Any]:
    """A class of tuples with an attribute for each column, and what the models say that follows from them."""
    # `itemgetter` in a property is read without any Python being run, as fast as an attribute of an ordinary object.
    attributes = {name: property(itemgetter(place)) for place, name in enumerate(columns)}
    following = dict(each for model in models for each in _what_follows(model))
    # Rows hold hashes and addresses, and what an object shows of itself ends up in logs.
    ours = {"__slots__": (), "__repr__": object.__repr__, "__match_args__": tuple(columns)}
    return type("Row", (base,), {**ours, **following, **attributes})


def _columns(clause: Any) -> Sequence[str]:
    exported = getattr(clause, "exported_columns", None)
    return [column.name for column in exported] if exported is not None else []


def _binds(parameters: Mapping[str, BindParameter[Any]]) -> dict[str, Bind]:
    """What makes the driver's values of Python's, for those types that need it."""
    found = ((name, each.type.dialect_impl(POSTGRESQL).bind_processor(POSTGRESQL)) for name, each in parameters.items())
    return {name: bind for name, bind in found if bind is not None}


def _what_follows(model: type[Any]) -> list[tuple[str, object]]:
    """What a model says of its columns: its properties and methods."""
    found = vars(model).items()
    return [(name, each) for name, each in found if isinstance(each, (property, FunctionType)) and name[0] != "_"]
