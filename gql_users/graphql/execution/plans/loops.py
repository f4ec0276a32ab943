"""Lists whose objects follow from rows: written into answers by one loop, which makes none of the objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from gql_users.graphql.execution.plans.derived import Derivation, Derived
from gql_users.graphql.execution.plans.leaves import PLAIN, Names
from gql_users.graphql.execution.plans.shortcuts import Complete
from gql_users.graphql.execution.plans.unusual import Unusual

Pick: TypeAlias = Callable[[Any], Any]
Write: TypeAlias = Callable[[Derivation[Any], "Body"], str | None]
"""Writes into the body how rows are looked at, and gives the expression of what the answer holds of one of them.

None where their objects are needed.
"""

# More ways than these for the objects of one list to follow from rows are not remembered, nor are more orders of the
# rows' columns.
_MOST_LOOPS = 2
_MOST_ORDERS = 16


class Body:
    """What is done with each row of a loop: its lines, and the variables in them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names = Names(PLAIN=PLAIN, Unusual=Unusual)
        self.columns: dict[str, str] = {}
        self.has_row = False
        self._values = 0

    def column(self, name: str) -> str:
        """The variable that holds this column, or the `row`."""
        if name == "row":
            self.has_row = True
            return name
        return self.columns.setdefault(name, f"c{len(self.columns)}")

    def value(self) -> str:
        """One more variable."""
        self._values += 1
        return f"v{self._values}"


class Loops:
    """Completes the lists of one field. `write` says how; where it does not, `complete` has the objects."""

    def __init__(self, write: Write, complete: Complete) -> None:
        self._write = write
        self._complete = complete
        self._loops: dict[Derivation[Any], _Loop | None] = {}

    def __call__(self, derived: Derived[Any]) -> list[Any]:
        """What the answer holds."""
        rows = derived.rows
        if not rows:
            return []
        loop = self._loops.get(derived.derivation) or self._learned(derived.derivation)
        pick = loop.pick({*map(type, rows)}) if loop is not None else None
        if loop is None or pick is None:
            return [self._complete(each) for each in derived]
        return loop.run(pick, rows, *derived.given)

    def _learned(self, derivation: Derivation[Any]) -> _Loop | None:
        if derivation not in self._loops and len(self._loops) < _MOST_LOOPS:
            body = Body()
            answer = self._write(derivation, body)
            self._loops[derivation] = _Loop(derivation, body, answer) if answer is not None else None
        return self._loops.get(derivation)


class _Loop:
    """One loop. It reads columns by their places, which `pick` gives in its own order, whatever the rows' is."""

    def __init__(self, derivation: Derivation[Any], body: Body, answer: str) -> None:
        self._all = derivation.columns
        self._columns = tuple(body.columns)
        self._picks: dict[tuple[str, ...], Pick | None] = {}
        source = (
            f"def run({', '.join(('pick', 'rows', *derivation.parameters))}):",
            "    answers = []",
            "    append = answers.append",
            f"    for {_each(body)}:",
            *(f"        {line}" for line in (*body.lines, f"append({answer})")),
            "    return answers",
        )
        known: dict[str, Any] = {**body.names}  # of a subclass of dict, Python reads globals the slow way
        exec(compile("\n".join(source), "<plan>", "exec"), known)  # noqa: S102 - of a client's text it holds names alone
        self.run: Callable[..., list[Any]] = known["run"]

    def pick(self, kinds: set[type]) -> Pick | None:
        """What takes the columns from rows of this one class; None when they are not there, or nobody knows where."""
        order: tuple[str, ...] = getattr(kinds.pop(), "__match_args__", ()) if len(kinds) == 1 else ()
        if order in self._picks:
            return self._picks[order]
        # Objects that cannot be made of rows are missed, whether or not anybody asks for what is missing.
        pick = _picking(self._columns, order) if self._all <= set(order) else None
        if len(self._picks) < _MOST_ORDERS:
            self._picks[order] = pick
        return pick


def _each(body: Body) -> str:
    if not body.columns:
        return "row in rows"
    columns = ", ".join(body.columns.values())
    return f"row, ({columns}) in zip(rows, map(pick, rows))" if body.has_row else f"{columns} in map(pick, rows)"


def _picking(columns: Sequence[str], order: Sequence[str]) -> Pick:
    return itemgetter(*map(order.index, columns)) if columns else tuple
