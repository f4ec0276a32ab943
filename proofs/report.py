"""The page docs/proofs.md: what was shown, on what, and how long it took."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from proofs.findings import Finding

INTRODUCTION = """# Proofs

What the service promises to hold, shown by running it: for minutes, with a million users, with everybody at once. The
tests show the same facts in small, at every change. `make prove` runs all of this and writes this page;
`python -m proofs NAME …` runs some and writes nothing. Each line is a figure and the bound that it keeps; where there
is no bound, the figure is there to be known.
"""

HOLDS = {True: "yes", False: "**no**", None: "–"}


@dataclass(frozen=True, slots=True)
class Proven:
    """One proof that was run."""

    name: str
    claim: str
    findings: Sequence[Finding]
    seconds: float


def table(proven: Sequence[Proven]) -> str:
    """Everything that was found, line by line."""
    head = ("proof", "database", "what was measured", "figure", "bound", "holds?")
    rows = [
        (one.name, found.database, found.measured, found.figure, found.bound, HOLDS[found.holds])
        for one in proven
        for found in one.findings
    ]
    return _markdown(head, rows)


def page(proven: Sequence[Proven], postgresql: str) -> str:
    """The whole page."""
    claims = _markdown(("proof", "claim", "seconds"), [(one.name, one.claim, f"{one.seconds:.0f}") for one in proven])
    versions = (
        f"Python {platform.python_version()}, PostgreSQL {postgresql}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, everything on one machine."
    )
    return f"{INTRODUCTION}\n{versions}\n\n{claims}\n{table(proven)}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
