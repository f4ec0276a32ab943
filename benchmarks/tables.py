"""Tables of what was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.servers import OURS
from benchmarks.targets import TARGETS, Figures, ratio
from benchmarks.throughput import RACES

RACE = (
    "operation",
    "clients",
    "server",
    "requests/s",
    "ours by it",
    "p50 ms",
    "p99 ms",
    "server µs",
    "busy",
    "database µs",
)
TARGET = ("target", "measured", "bound", "met?")


def tables(figures: Figures) -> Mapping[str, str]:
    """All tables, by the part of the page that they stand in; nothing for parts that were not measured."""
    reached = [target.row(figures) for target in TARGETS]
    races = [row for name in RACES for row in race_rows(name, figures.get(name, ()))]
    return {
        "targets": markdown(TARGET, reached),
        "races": markdown(RACE, races) if races else "",
        **{name: table(figures[name]) for name, table in OTHERS.items() if name in figures},
    }


def table(name: str, measured: Any) -> str:
    """The table of one benchmark."""
    return OTHERS[name](measured) if name in OTHERS else markdown(RACE, race_rows(name, measured))


def race_rows(name: str, lines: Sequence[Mapping[str, Any]]) -> list[Sequence[str]]:
    """A line for each server and number of clients."""
    return [
        (
            name,
            str(line["connections"]),
            line["server"],
            f"{line['requests_per_second']:,.0f}",
            f"{ratio(lines, line['connections'], line['server']):.2f}" if line["server"] != OURS.name else "",
            f"{line['p50_ms']:.2f}",
            f"{line['p99_ms']:.2f}",
            f"{line['server_us']:.0f}",
            f"{line['server_busy']:.0%}",
            f"{line['database_us']:.0f}",
        )
        for line in lines
    ]


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def _logins(measured: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (str(line["connections"]), f"{line['logins']:,.1f}", f"{line['verifications']:,.1f}", f"{line['ratio']:.2f}")
        for line in measured
    ]
    return markdown(("clients", "sign-ins/s", "verifications/s of the cores alone", "ratio"), rows)


def _flood(measured: Mapping[str, Any]) -> str:
    memory = measured["resident_mib"]
    rows = [
        ("sign-ins offered a second", f"{measured['offered_per_second']:,}"),
        ("signed in", f"{measured['signed_in']:,}"),
        ("turned away", f"{measured['refused']:,}"),
        ("turned away with retryAfterSeconds", f"{measured['refused_with_retry_after']:,}"),
        ("ms until turned away, p99", f"{measured['refused_p99_ms']}"),
        ("me alone, p50 and p99 ms", f"{measured['me_idle_p50_ms']}, {measured['me_idle_p99_ms']}"),
        ("me meanwhile, p50 and p99 ms", f"{measured['me_flooded_p50_ms']}, {measured['me_flooded_p99_ms']}"),
        ("me refused meanwhile", f"{measured['me_failed']:,}"),
        ("MiB before, during and after", f"{memory['before']}, {memory['during']}, {memory['after']}"),
    ]
    return markdown(("a flood of sign-ins", "measured"), rows)


def _pages(measured: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (line["page"], f"{line['users']:,}", f"{line['door_ms']:.2f}", f"{line['database_ms']:.2f}")
        for line in measured
    ]
    return markdown(("page", "users", "ms at the door", "ms of PostgreSQL's core"), rows)


def _memory(measured: Sequence[Mapping[str, Any]]) -> str:
    rows = [(f"{line['requests']:,}", f"{line['resident_mib']:,.1f}") for line in measured]
    return markdown(("requests answered", "MiB resident"), rows)


def _plans(measured: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            line["document"],
            f"{line['interpreter_us']:,.1f}",
            f"{line['plan_us']:,.1f}",
            f"{line['interpreter_us'] / line['plan_us']:.0f}",
        )
        for line in measured
    ]
    return markdown(("document", "interpreter µs", "plan µs", "times"), rows)


def _flames(measured: Sequence[Mapping[str, Any]]) -> str:
    rows = [(line["operation"], f"[{line['file']}](flames/{line['file']})") for line in measured]
    return markdown(("operation", "flame graph"), rows)


OTHERS: Mapping[str, Callable[[Any], str]] = {
    "login": _logins,
    "flood": _flood,
    "page_cost": _pages,
    "memory": _memory,
    "plans": _plans,
    "flames": _flames,
}
