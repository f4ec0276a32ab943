"""How many requests a second each server answers, in turn, from the same load; and what each costs of two cores."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from benchmarks import operations
from benchmarks.driving import Driven, drive
from benchmarks.operations import Operation
from benchmarks.processes import cpu_seconds
from benchmarks.servers import LIMIT, MERCURIUS, OURS, SHARING, USUAL, Kind, Server, running, why_not
from benchmarks.stage import Stage

WARM_UP_S = 1
# As many tokens as go into one variable of the environment, and some more.
MANY = 100

Line: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Runner:
    """A server, and what it is asked."""

    kind: Kind
    operation: Operation
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.kind.name


def _all_asked(operation: Operation, *kinds: Kind) -> list[Runner]:
    return [Runner(kind, operation) for kind in kinds]


# Ours comes first: the others are what it is compared with.
RACES: Mapping[str, Sequence[Runner]] = {
    "serviceInfo": _all_asked(operations.SERVICE_INFO, OURS, USUAL, MERCURIUS, LIMIT),
    "me": [
        Runner(OURS, operations.ME),
        Runner(OURS, operations.USER, "gql_users, user"),
        Runner(MERCURIUS, operations.USER, "mercurius, user"),
    ],
    "user": _all_asked(operations.USER, OURS, USUAL, MERCURIUS, LIMIT, SHARING),
    "node": _all_asked(operations.NODE, OURS),
    "users50": _all_asked(operations.USERS_50, OURS, USUAL, MERCURIUS, LIMIT),
    "users50cursors": _all_asked(operations.USERS_50_CURSORS, OURS),
    "users100": _all_asked(operations.USERS_100, OURS, USUAL, MERCURIUS),
    "filtered": _all_asked(operations.FILTERED, OURS),
    "patchUser": _all_asked(operations.PATCH_USER, OURS, LIMIT),
    "refresh": _all_asked(operations.REFRESH, OURS, LIMIT),
}


@dataclass(frozen=True, slots=True)
class Lap:
    """One drive, and what it cost: microseconds of a core per request, of the server and of the database."""

    driven: Driven
    server_us: float
    database_us: float
    server_busy: float


async def measure(stage: Stage, name: str) -> list[Line]:
    """The medians for each runner and number of connections, but for those at which something answered wrongly."""
    runners = [runner for runner in RACES[name] if why_not(runner.kind) is None]
    async with AsyncExitStack() as stack:
        servers = {
            kind: await stack.enter_async_context(running(kind, stage.cluster, stage.people.database))
            for kind in dict.fromkeys(runner.kind for runner in runners)
        }
        bearers = await _bearers(stage, servers[OURS], runners)
        lap = partial(_lap, stage, servers, bearers)
        for runner in runners:
            await lap(runner, connections=16, seconds=WARM_UP_S)
        found: list[Line] = []
        for connections in stage.connections:
            with stage.noting_failures(f"{name}, {connections} clients"):
                # In turn, so that whatever the machine does meanwhile is everybody's.
                rounds = [
                    [await lap(runner, connections=connections, seconds=stage.seconds) for runner in runners]
                    for _ in range(stage.rounds)
                ]
                laps = zip(*rounds, strict=True)
                found += [_medians(runner, connections, of_one) for runner, of_one in zip(runners, laps, strict=True)]
        return found


async def _bearers(stage: Stage, server: Server, runners: Sequence[Runner]) -> dict[Operation, Sequence[str]]:
    """Who asks: nobody, an admin, or, for who they are themselves, many people in turn."""
    bearers: dict[Operation, Sequence[str]] = {runner.operation: () for runner in runners}
    for operation in bearers:
        if operation is operations.ME:
            bearers[operation] = await stage.people.access_tokens(server, MANY)
        elif operation.is_for_admins:
            bearers[operation] = [await stage.people.access_token(server)]
    return bearers


async def _lap(
    stage: Stage,
    servers: Mapping[Kind, Server],
    bearers: Mapping[Operation, Sequence[str]],
    runner: Runner,
    *,
    connections: int,
    seconds: int,
) -> Lap:
    server, operation = servers[runner.kind], runner.operation
    # Some are lost: wrk asks once more than it sends, and hangs up before the last answers.
    tokens = await stage.people.refresh_tokens(2 * connections) if operation is operations.REFRESH else ()
    before = cpu_seconds(server.pid), cpu_seconds(stage.cluster.pid)
    driven = await drive(
        server.url,
        operation,
        users=stage.people.users,
        connections=connections,
        seconds=seconds,
        bearers=bearers[operation],
        tokens=tokens,
    )
    taken = cpu_seconds(server.pid) - before[0], cpu_seconds(stage.cluster.pid) - before[1]
    of_each = 1e6 / driven.requests
    return Lap(driven, taken[0] * of_each, taken[1] * of_each, taken[0] / driven.seconds)


def _medians(runner: Runner, connections: int, laps: Sequence[Lap]) -> Line:
    """One line of the table, and the rates it was made of."""
    rates = [lap.driven.requests / lap.driven.seconds for lap in laps]
    return {
        "server": str(runner),
        "connections": connections,
        "requests_per_second": round(statistics.median(rates), 1),
        "p50_ms": round(statistics.median(lap.driven.p50_ms for lap in laps), 3),
        "p99_ms": round(statistics.median(lap.driven.p99_ms for lap in laps), 3),
        "server_us": round(statistics.median(lap.server_us for lap in laps), 1),
        "database_us": round(statistics.median(lap.database_us for lap in laps), 1),
        "server_busy": round(statistics.median(lap.server_busy for lap in laps), 2),
        "rounds": [round(rate, 1) for rate in rates],
    }
