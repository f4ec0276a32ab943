"""Objects that follow from rows: real ones for whoever looks at them, for a plan no more than how they follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from string import Formatter
from typing import Any, Generic, TypeVar, overload

from gql_users.graphql.execution.plans.leaves import Names

Made = TypeVar("Made")


class Derivation(Generic[Made]):
    """How an object of a class follows from a row: for each attribute an expression, or a derivation of its own.

    In an expression all names stand in braces. They are the names of columns; of what is `known`; of what is `given`
    with the rows, which is not the same each time; and `row`, the row itself. What has no expression is no attribute of
    the object: for what nobody will look at. Reading a column has no effect, and nor has any expression.

    The class must be one whose attributes lie in its objects' `__dict__`, as those of Strawberry's types do.
    """

    def __init__(
        self,
        kind: type[Made],
        attributes: Mapping[str, str | Derivation[Any]],
        known: Mapping[str, object] | None = None,
        given: Sequence[str] = (),
    ) -> None:
        self.kind = kind
        self.attributes = attributes
        self.known = known or {}
        self.given = tuple(given)
        self.columns = frozenset(self._columns())
        """The columns that are looked at."""
        self.parameters = [f"given_{name}" for name in given]
        """What is given, as expressions call it."""
        self.of = self._constructor()
        """The object of a row, and of what is given."""
        known_by_identity = [(name, id(each)) for name, each in self.known.items()]
        self._key = kind, tuple(attributes.items()), tuple(known_by_identity), self.given
        self._hash = hash(self._key)

    def __eq__(self, other: object) -> bool:
        # One that was forgotten and made anew is the same to those who remember what they made of it.
        return self is other or (isinstance(other, Derivation) and self._key == other._key)

    def __hash__(self) -> int:
        return self._hash

    def expression(self, text: str, column: Callable[[str], str], names: Names) -> str:
        """An expression as Python; `column` says how one is read, and the row."""

        def written(name: str) -> str:
            if name in self.known:
                return names.name(self.known[name])
            return f"given_{name}" if name in self.given else column(name)

        return text.format(**{name: written(name) for name in _names(text)})

    def unasked(self, asked: Collection[str], column: Callable[[str], str], names: Names) -> list[str]:
        """The expressions of all attributes but these: making an object would fail where one of them does."""
        found = []
        for attribute, how in self.attributes.items():
            if isinstance(how, Derivation):
                found += how.unasked((), column, names) if attribute not in asked else []
            elif attribute not in asked and how.strip("{}") not in self.columns:
                found.append(self.expression(how, column, names))
        return found

    def _columns(self) -> Iterator[str]:
        for each in self.attributes.values():
            if isinstance(each, Derivation):
                yield from each.columns
            else:
                yield from _names(each) - {"row", *self.known, *self.given}

    def _constructor(self) -> Callable[..., Made]:
        """A constructor written out once, as dataclasses do it; theirs wants every field."""
        names = Names(kind=self.kind, new=object.__new__)
        values = [f"{name!r}: {self._value(each, names)}" for name, each in self.attributes.items()]
        lines = (
            f"def make({', '.join(('row', *self.parameters))}):",
            "    made = new(kind)",
            f"    made.__dict__ = {{{', '.join(values)}}}",
            "    return made",
        )
        known: dict[str, Any] = {**names}  # of a subclass of dict, Python reads globals the slow way
        exec("\n".join(lines), known)  # noqa: S102 - of nothing but what the program says
        make: Callable[..., Made] = known["make"]
        return make

    def _value(self, how: str | Derivation[Any], names: Names) -> str:
        if isinstance(how, Derivation):
            return f"{names.name(how.of)}({', '.join(('row', *how.parameters))})"
        return self.expression(how, _of_row, names)


class Derived(Sequence[Made]):
    """A list of what follows from rows. Its objects are made once, when somebody looks at one of them.

    Where all rows are of one class that says in `__match_args__` what stands at which place, a plan needs no objects.
    """

    __slots__ = ("_made", "derivation", "given", "rows")

    def __init__(self, derivation: Derivation[Made], rows: Sequence[Any], *given: object) -> None:
        self.derivation = derivation
        self.rows = rows
        self.given = given
        self._made: list[Made] | None = None

    def __repr__(self) -> str:
        # Rows hold hashes and addresses, and what an object shows of itself ends up in logs.
        return f"Derived({self.derivation.kind.__name__})"

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Made: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Made]: ...

    def __getitem__(self, place: int | slice) -> Made | Sequence[Made]:
        return self._objects()[place]

    def __iter__(self) -> Iterator[Made]:
        # Not the inherited one, which takes an IndexError of an expression for the end.
        return iter(self._objects())

    def _objects(self) -> Sequence[Made]:
        if self._made is None:
            of, given = self.derivation.of, self.given
            self._made = [of(row, *given) for row in self.rows]
        return self._made


def _of_row(name: str) -> str:
    return name if name == "row" else f"row.{name}"


def _names(text: str) -> set[str]:
    """What stands in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
