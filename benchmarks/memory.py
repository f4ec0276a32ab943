"""The memory of the server after ten thousand requests, and after a million: it should be the same."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from benchmarks.driving import drive
from benchmarks.operations import SERVICE_INFO, USER, USERS_50
from benchmarks.processes import resident_mib
from benchmarks.servers import OURS, running
from benchmarks.stage import Stage

MARKS = (10_000, 100_000, 500_000, 1_000_000)
MIX = (USER, USERS_50, SERVICE_INFO)


async def measure(stage: Stage) -> list[dict[str, Any]]:
    """MiB at the first look after each number of requests of three kinds, in turn."""
    marks = [mark // 100 for mark in MARKS] if stage.is_quick else [*MARKS]
    found, answered = [], 0
    async with running(OURS, stage.cluster, stage.people.database) as server:
        admin = await stage.people.access_token(server)
        for operation in cycle(MIX):
            driven = await drive(
                server.url, operation, users=stage.people.users, connections=16, seconds=2, bearers=[admin]
            )
            answered += driven.requests
            if answered >= marks[0]:
                found.append({"requests": answered, "resident_mib": round(resident_mib(server.pid), 1)})
                marks = [mark for mark in marks if mark > answered]
            if not marks:
                return found
    return found
