"""How a database goes about a statement, and how much of itself it touches on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from proofs.statements import Statement

UNIT = {"postgresql": "blocks", "sqlite": "machine steps"}
"""What work is counted in: blocks of the buffer cache, and steps of SQLite's machine. Neither has any noise."""


MOST_WORK = {"postgresql": 150, "sqlite": 15_000}
"""Enough for a page of fifty that lies anywhere, and far too little to read the table."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What EXPLAIN says."""

    indexes: frozenset[str]
    reads_the_table: bool
    sorts: bool
    work: int

    @property
    def is_an_index_scan(self) -> bool:
        """Does an index find everything, and in order?"""
        return not self.reads_the_table and not self.sorts


class Explainer(Protocol):
    """Knows the plans of one database."""

    async def plans(self, statement: Statement) -> list[Plan]:
        """Every plan the database may choose for the statement."""
        ...


def ways(plans: Iterable[Plan]) -> str:
    """By what these plans find their rows."""
    found = sorted({index for plan in plans for index in plan.indexes})
    if any(plan.reads_the_table for plan in plans):
        found.append("reading the table")
    return ", ".join(found) or "the order of the table itself"
