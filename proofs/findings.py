"""What a proof found: a figure, the bound it must keep, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. `holds` is None where there is no bound: the figure is there to be known."""

    database: str
    measured: str
    figure: str
    bound: str = "–"
    holds: bool | None = None


def all_of(database: str, measured: str, held: int, tried: int, remark: str = "") -> Finding:
    """So many out of so many, of which all must hold."""
    return Finding(database, measured, _with(f"{held:,} of {tried:,}", remark), "all", held == tried > 0)


def at_most(database: str, measured: str, value: float, bound: float, unit: str, remark: str = "") -> Finding:
    """A number that must not be larger than the bound."""
    figure = f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
    return Finding(
        database, measured, _with(f"{figure} {unit}".strip(), remark), f"≤ {bound:,} {unit}".strip(), value <= bound
    )


def _with(figure: str, remark: str) -> str:
    return f"{figure} ({remark})" if remark else figure
