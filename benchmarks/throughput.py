"""How many requests a second each server answers, in turn, from the same load; and what each costs of two cores."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from benchmarks import operations
from benchmarks.driving import Driven, drive
from benchmarks.operations import Operation
from benchmarks.processes import cpu_seconds
from benchmarks.servers import LIMIT, MERCURIUS, OURS, SHARING, USUAL, Kind, Server, running, why_not
from benchmarks.stage import Stage

WARM_UP_S = 1


@dataclass(frozen=True, slots=True)
class Race:
    """An operation and who answers it. A rival may be asked for something of its own instead."""

    operation: Operation
    kinds: Sequence[Kind] = (OURS,)
    instead: dict[str, Operation] = field(default_factory=dict)

    def operation_of(self, kind: Kind) -> Operation:
        """What this one is asked."""
        return self.instead.get(kind.name, self.operation)


RACES = {
    "serviceInfo": Race(operations.SERVICE_INFO, (OURS, USUAL, MERCURIUS, LIMIT)),
    "me": Race(operations.ME, (OURS, MERCURIUS), {MERCURIUS.name: operations.USER}),
    "user": Race(operations.USER, (OURS, USUAL, MERCURIUS, LIMIT, SHARING)),
    "node": Race(operations.NODE),
    "users50": Race(operations.USERS_50, (OURS, USUAL, MERCURIUS, LIMIT)),
    "users50cursors": Race(operations.USERS_50_CURSORS),
    "users100": Race(operations.USERS_100, (OURS, USUAL, MERCURIUS)),
    "filtered": Race(operations.FILTERED),
    "patchUser": Race(operations.PATCH_USER, (OURS, LIMIT)),
    "refresh": Race(operations.REFRESH, (OURS, LIMIT)),
}


@dataclass(frozen=True, slots=True)
class Lap:
    """One drive, and what it cost: microseconds of a core per request, of the server and of the database."""

    driven: Driven
    server_us: float
    database_us: float
    server_busy: float


async def measure(stage: Stage, name: str) -> list[dict[str, Any]]:
    """The medians for each server and number of connections. Raises NotMeasured when something answers wrongly."""
    race, people = RACES[name], stage.people
    kinds = [kind for kind in race.kinds if why_not(kind) is None]
    async with AsyncExitStack() as stack:
        servers = [
            (kind, await stack.enter_async_context(running(kind, stage.cluster, people.database))) for kind in kinds
        ]
        bearer = await people.access_token(servers[0][1])
        found = []
        for kind, server in servers:
            await _lap(stage, server, race.operation_of(kind), 16, WARM_UP_S, bearer)
        for connections in stage.connections:
            laps: dict[str, list[Lap]] = {kind.name: [] for kind in kinds}
            for _ in range(stage.rounds):
                for kind, server in servers:
                    operation = race.operation_of(kind)
                    laps[kind.name].append(await _lap(stage, server, operation, connections, stage.seconds, bearer))
            found += [_medians(kind, connections, laps[kind.name]) for kind in kinds]
    return found


async def _lap(
    stage: Stage, server: Server, operation: Operation, connections: int, seconds: float, bearer: str
) -> Lap:
    # Some are lost: wrk asks once more than it sends, and hangs up before the last answers.
    tokens = await stage.people.refresh_tokens(2 * connections) if operation is operations.REFRESH else ()
    before = cpu_seconds(server.pid), cpu_seconds(stage.cluster.pid)
    driven = await drive(
        server.url,
        operation,
        users=stage.people.users,
        connections=connections,
        seconds=seconds,
        bearer=bearer if operation.is_for_admins else None,
        tokens=tokens,
    )
    taken = cpu_seconds(server.pid) - before[0], cpu_seconds(stage.cluster.pid) - before[1]
    of_each = 1e6 / driven.requests
    return Lap(driven, taken[0] * of_each, taken[1] * of_each, taken[0] / driven.seconds)


def _medians(kind: Kind, connections: int, laps: Sequence[Lap]) -> dict[str, Any]:
    """One line of the table, and the rates it was made of."""
    rates = [lap.driven.requests / lap.driven.seconds for lap in laps]
    return {
        "server": kind.name,
        "connections": connections,
        "requests_per_second": round(statistics.median(rates), 1),
        "p50_ms": round(statistics.median(lap.driven.p50_ms for lap in laps), 3),
        "p99_ms": round(statistics.median(lap.driven.p99_ms for lap in laps), 3),
        "server_us": round(statistics.median(lap.server_us for lap in laps), 1),
        "database_us": round(statistics.median(lap.database_us for lap in laps), 1),
        "server_busy": round(statistics.median(lap.server_busy for lap in laps), 2),
        "rounds": [round(rate, 1) for rate in rates],
    }
