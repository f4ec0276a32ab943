"""The page docs/proofs.md: what was shown, on what, and how long it took."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from proofs.findings import Finding

INTRODUCTION = """# Proofs

What the service promises to hold, shown by running it: for minutes, with a million users, with everybody at once. The
tests show the same facts in small, at every change. `make prove` runs all of this and writes this page;
`python -m proofs NAME …` runs some, and replaces their lines. Each line is a figure and the bound that it keeps; where
there is no bound, the figure is there to be known.
"""

CLAIMED = ("proof", "claim", "seconds")
FOUND = ("proof", "database", "what was measured", "figure", "bound", "holds?")
HOLDS = {True: "yes", False: "**no**", None: "–"}


Row: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """One proof that was run."""

    name: str
    claim: str
    findings: Sequence[Finding]
    seconds: float


def table(proven: Sequence[Proven]) -> str:
    """Everything that was found, line by line."""
    return _markdown(FOUND, [row for one in proven for row in _rows(one)])


def page(proven: Sequence[Proven], postgresql: str, names: Sequence[str], before: str = "") -> str:
    """The whole page, in the order of the names: what was proven now, and for the others what the page said before."""
    claims: dict[str, list[Row]] = {one.name: [(one.name, one.claim, f"{one.seconds:.0f}")] for one in proven}
    found: dict[str, list[Row]] = {one.name: _rows(one) for one in proven}
    for row in _read(before):
        known = claims if len(row) == len(CLAIMED) else found
        if row[0] not in {one.name for one in proven}:
            known.setdefault(row[0], []).append(row)
    versions = (
        f"Python {platform.python_version()}, PostgreSQL {postgresql}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, everything on one machine."
    )
    parts = [[row for name in names for row in known.get(name, ())] for known in (claims, found)]
    return f"{INTRODUCTION}\n{versions}\n\n{_markdown(CLAIMED, parts[0])}\n{_markdown(FOUND, parts[1])}"


def _rows(one: Proven) -> list[Row]:
    return [
        (one.name, found.database, found.measured, found.figure, found.bound, HOLDS[found.holds])
        for found in one.findings
    ]


def _read(page: str) -> list[Row]:
    return [tuple(line[2:-2].split(" | ")) for line in page.splitlines() if line.startswith("| ")]


def _markdown(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
