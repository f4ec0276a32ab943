"""python -m benchmarks [NAME …] [--quick]: runs the benchmarks and prints what they found."""

from __future__ import annotations

import argparse
import json
import sys
import time

import uvloop

from benchmarks import throughput
from benchmarks.cluster import running_cluster
from benchmarks.driving import require_wrk
from benchmarks.stage import a_stage
from benchmarks.tables import race_table

def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    asked = parser.parse_args()
    require_wrk()
    with running_cluster() as cluster:
        found = uvloop.run(_measured(cluster, asked.names or [*throughput.RACES], asked.quick))
    if asked.json:
        open(asked.json, "w").write(json.dumps(found, indent=1))
    return 0


async def _measured(cluster, names, is_quick):
    found = {}
    async with a_stage(cluster, is_quick=is_quick) as stage:
        for name in names:
            started = time.perf_counter()
            found[name] = await throughput.measure(stage, name)
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
            print(race_table(name, found[name]), flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
