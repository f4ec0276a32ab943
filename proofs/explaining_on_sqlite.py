"""SQLite's plans, and how many steps its machine takes to follow one."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from proofs.plans import Plan
from proofs.statements import Statement

INDEX = re.compile(r"INDEX (\w+)|(INTEGER PRIMARY KEY)")


@dataclass(frozen=True, slots=True)
class SQLiteExplainer:
    """Explains the one plan there is: SQLite makes it without looking at the values."""

    file: sqlite3.Connection

    async def plans(self, statement: Statement) -> list[Plan]:
        """The plan."""
        rows = self.file.execute("EXPLAIN QUERY PLAN " + statement.sql, statement.values).fetchall()
        reading = {inside for _, inside, _, detail in rows if re.match("(SCAN|SEARCH) users", detail)}
        return [
            Plan(
                indexes=frozenset(one or other for *_, detail in rows for one, other in INDEX.findall(detail)),
                reads_the_table=any(detail == "SCAN users" for *_, detail in rows) and not _goes_by_id(statement),
                # Elsewhere it sorts what a subquery gave it, which is a page at most.
                sorts=any("TEMP B-TREE" in detail and inside in reading for _, inside, _, detail in rows),
                work=self._steps(statement),
            )
        ]

    def _steps(self, statement: Statement) -> int:
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        self.file.set_progress_handler(step, 1)
        try:
            self.file.execute(statement.sql, statement.values).fetchall()
        finally:
            self.file.set_progress_handler(None, 0)
        return steps


def _goes_by_id(statement: Statement) -> bool:
    """Is the list in the order of the table, which SQLite keeps by id?"""
    return "FROM users ORDER BY users.id" in " ".join(statement.sql.split())
