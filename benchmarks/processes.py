"""What the kernel knows of processes: the time they took of a core, the memory they hold, the core they run on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# The server that is measured has a core to itself; the database and the load share what else there is.
SERVER_CORE = 0
OTHER_CORES = frozenset(range(1, os.cpu_count() or 1))

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """What a process and its children have taken so far, those that have ended included, in seconds of one core."""
    own, reaped = _taken(pid)
    return own + reaped + sum(cpu_seconds(child) for child in _children(pid))


def resident_mib(pid: int) -> float:
    """The memory that a process holds, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def keep_on(cores: frozenset[int], pid: int) -> None:
    """Let a process, and all it has begun and will begin, run on these cores alone."""
    os.sched_setaffinity(pid, cores)
    for child in _children(pid):
        keep_on(cores, child)


def _taken(pid: int) -> tuple[float, float]:
    """What a process took, and what those of its children took that have ended. Nothing, once it is gone."""
    try:
        # The name, in brackets, may hold anything; after it come the fields from the third on.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0, 0.0
    user, system, children_user, children_system = (int(field) / _TICKS for field in fields[11:15])
    return user + system, children_user + children_system


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
