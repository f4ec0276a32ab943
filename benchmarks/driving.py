"""The load: wrk, with as many connections as wanted, each of which asks again as soon as it is answered."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.operations import Operation
from benchmarks.processes import OTHER_CORES

# No two drives of a run ask the same, and all runs ask the same.
_seeds = itertools.count(1)

SCRIPT = Path(__file__).parent / "wrk" / "drive.lua"


class NotMeasuredError(Exception):
    """Something answered otherwise than it should, so its speed says nothing. The message says what was answered."""


@dataclass(frozen=True, slots=True)
class Driven:
    """What came of one drive: answers, the seconds that it took, and the latency of half and of 99 in 100 of them."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float


def require_wrk() -> str:
    """Where wrk is. Raises SystemExit where it is not."""
    if found := shutil.which("wrk"):
        return found
    raise SystemExit("benchmarks: wrk is missing, which makes the load; Debian and Ubuntu have it as a package, `wrk`")


async def drive(
    url: str,
    operation: Operation,
    *,
    users: int,
    connections: int,
    seconds: float,
    bearers: Sequence[str] = (),
    tokens: Sequence[str] = (),
    cores: Iterable[int] = OTHER_CORES,
) -> Driven:
    """Drive one operation for so long, with a load that keeps to its cores.

    Raises NotMeasuredError when a single answer is not what it should be.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "BODY": operation.body,
        "EXPECTED": operation.expected,
        "USERS": str(users),
        "SEED": str(next(_seeds)),
        "TOKENS": " ".join(tokens),
        "FROM": "anywhere" if operation.is_from_anywhere else "here",
        "BEARERS": " ".join(bearers),
    }
    load = f"-t1 -c{connections} -d{max(1, round(seconds))}s --timeout 10s -s {SCRIPT} {url}"
    process = await asyncio.create_subprocess_exec(
        "taskset",
        "-c",
        ",".join(map(str, sorted(cores))),
        require_wrk(),
        *load.split(),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    written, _ = await process.communicate()
    return _read(written.decode(), operation)


def _read(written: str, operation: Operation) -> Driven:
    line = next((line for line in written.splitlines() if line.startswith("measured\t")), None)
    if line is None:
        raise NotMeasuredError(f"{operation.name}: wrk said {written.strip()}")
    _, requests, duration, p50, p99, failed, example = line.split("\t")
    if int(failed) or not int(requests):
        raise NotMeasuredError(f"{operation.name}: {failed} of {requests} answers are no good, such as {example}")
    return Driven(int(requests), int(duration) / 1e6, int(p50) / 1e3, int(p99) / 1e3)
