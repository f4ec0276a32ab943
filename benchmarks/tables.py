"""Tables of what was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

HEAD = ("operation", "clients", "server", "requests/s", "ours by it", "p50 ms", "p99 ms", "server µs", "database µs")


def race_table(name: str, lines: Sequence[dict[str, Any]]) -> str:
    """A line for each server and number of clients."""
    ours = {line["connections"]: line["requests_per_second"] for line in lines if line["server"] == "gql_users"}
    rows = [
        (
            name,
            str(line["connections"]),
            line["server"],
            f"{line['requests_per_second']:,.0f}",
            f"{ours[line['connections']] / line['requests_per_second']:.2f}",
            f"{line['p50_ms']:.2f}",
            f"{line['p99_ms']:.2f}",
            f"{line['server_us']:.0f}",
            f"{line['database_us']:.0f}",
        )
        for line in lines
    ]
    return markdown(HEAD, rows)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))
