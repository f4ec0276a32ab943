"""python -m benchmarks [NAME …] [--quick] [--write]: runs benchmarks, and prints or writes what they found."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import uvloop

from benchmarks import flames, logins, memory, page_cost, plans, report, throughput
from benchmarks.cluster import Cluster, running_cluster
from benchmarks.driving import require_wrk
from benchmarks.processes import OTHER_CORES
from benchmarks.servers import MERCURIUS, why_not
from benchmarks.stage import Stage, a_stage
from benchmarks.tables import table, tables

# Those that write come after those that read.
BENCHMARKS: Mapping[str, Callable[[Stage], Awaitable[Any]]] = {
    **{name: partial(throughput.measure, name=name) for name in throughput.RACES},
    "login": logins.measure_logins,
    "flood": logins.measure_flood,
    "page_cost": page_cost.measure,
    "memory": memory.measure,
    "plans": plans.measure,
    "flames": flames.measure,
}


def main() -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast the service is beside others.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="one short round, 16 clients: shows that all works")
    parser.add_argument("--write", action="store_true", help="also write what was found into docs/performance.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    require_wrk()
    if not OTHER_CORES:
        parser.error("a machine with one core measures how the load and the server share it, and nothing else")
    if missing := why_not(MERCURIUS):
        print(f"without Mercurius: {missing}", file=sys.stderr)
    with running_cluster() as cluster:
        return uvloop.run(_run(cluster, asked.names or [*BENCHMARKS], is_quick=asked.quick, writes=asked.write))


async def _run(cluster: Cluster, names: Sequence[str], *, is_quick: bool, writes: bool) -> int:
    figures: dict[str, Any] = {}
    machine = await report.machine(cluster)
    async with a_stage(cluster, is_quick=is_quick) as stage:
        for name in names:
            started, before = time.perf_counter(), len(stage.failures)
            with stage.noting_failures(name):
                figures[name] = await BENCHMARKS[name](stage)
                print(table(name, figures[name]), flush=True)
            if writes:
                _write(name, figures.get(name), stage.failures[before:], machine)
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    print(tables(figures)["targets"])
    for failure in stage.failures:
        print(f"not measured: {failure}", file=sys.stderr)
    return int(bool(stage.failures))


def _write(name: str, measured: Any, failures: Sequence[str], machine: str) -> None:
    """Write what was found at once: what comes later may fail."""
    from benchmarks import plots  # noqa: PLC0415 - draws with what `make bench` alone installs

    plots.draw(report.write(name, measured, failures, machine), report.DOCS)


if __name__ == "__main__":
    sys.exit(main())
