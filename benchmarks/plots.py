"""The pictures in docs/performance.md: who answers how many requests, and what a page costs among how many users."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.targets import Figures
from benchmarks.throughput import RACES

OURS, OTHERS = "#2456c7", "#b9c0cc"
CLIENTS = 16
MOST_SERVERS = max(map(len, RACES.values()))

# The same figures give the same file, and its text is text.
mpl.rcParams.update({"svg.hashsalt": "gql_users", "svg.fonttype": "none", "font.size": 8})


def draw(figures: Figures, folder: Path) -> None:
    """Draw what was measured into the folder."""
    if races := [name for name, runners in RACES.items() if name in figures and len(runners) > 1]:
        _save(_races(figures, races), folder / "performance.svg")
    if "page_cost" in figures:
        _save(_pages(figures["page_cost"]), folder / "page-cost.svg")


def _races(figures: Figures, races: list[str]) -> Figure:
    columns = 2
    rows = -(-len(races) // columns)
    figure = Figure(figsize=(9, 1.35 * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).flat
    for name, axes in zip(races, places, strict=False):
        lines = [line for line in figures[name] if line["connections"] == CLIENTS]
        servers = [line["server"] for line in lines]
        rates = [line["requests_per_second"] for line in lines]
        bars = axes.barh(servers, rates, color=[OURS if server == "gql_users" else OTHERS for server in servers])
        axes.bar_label(bars, [f" {rate:,.0f}" for rate in rates])
        axes.set_title(name, loc="left", fontweight="bold")
        axes.set_xticks([])
        axes.margins(x=0.15)
        axes.set_ylim(MOST_SERVERS - 0.5, -0.5)
        axes.spines[:].set_visible(False)
    for axes in places:  # those that are left over
        axes.set_axis_off()
    figure.suptitle(f"Requests a second, {CLIENTS} clients")
    return figure


def _pages(lines: list[dict[str, Any]]) -> Figure:
    figure = Figure(figsize=(9, 3), layout="constrained")
    axes = figure.subplots()
    for page in dict.fromkeys(line["page"] for line in lines):
        of_page = [line for line in lines if line["page"] == page]
        axes.plot([line["users"] for line in of_page], [line["door_ms"] for line in of_page], marker="o", label=page)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("users in the table")
    axes.set_ylabel("ms of a page of 50")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, format="svg", metadata={"Date": None})
