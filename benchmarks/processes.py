"""What the kernel knows of processes: the time they took of a core, the memory they hold, the cores they run on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# The server that is measured has a core to itself; the database and the load share what else there is.
SERVER_CORE = 0
ALL_CORES = frozenset(range(os.cpu_count() or 1))
OTHER_CORES = ALL_CORES - {SERVER_CORE}

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """What a process and its children have taken so far, those that have ended included, in seconds of one core."""
    try:
        threads = [int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        # The name, in brackets, may hold anything; after it come the fields from the third on.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    of_ended_children = (int(fields[13]) + int(fields[14])) / _TICKS
    return sum(threads) / 1e9 + of_ended_children + sum(map(cpu_seconds, _children(pid)))


def resident_mib(pid: int) -> float:
    """The memory that a process holds, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def keep_on(cores: frozenset[int], pid: int) -> None:
    """Let a process, and all it has begun and will begin, run on these cores alone."""
    with suppress(ProcessLookupError):  # some of PostgreSQL's are gone as fast as they came
        os.sched_setaffinity(pid, cores)
    for child in _children(pid):
        keep_on(cores, child)


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
