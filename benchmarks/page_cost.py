"""What a page costs among ten thousand users, and among ten million: it should be the same."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import operations
from benchmarks.asking import Client
from benchmarks.driving import NotMeasuredError
from benchmarks.people import People
from benchmarks.processes import cpu_seconds
from benchmarks.servers import OURS, running
from benchmarks.stage import Stage

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TIMES = 20

# The same list with other bounds: a cursor is good for one order and one shape of filter.
_PAGE = f"""query ($after: String, $before: DateTime!) {{
  users(first: 50, after: $after, filter: {{createdAt: {{lt: $before}}}}) {{ {operations.PAGE} }}
}}"""
MIDDLE, NEVER = "2022-07-01T00:00:00Z", "2100-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Asked:
    """A server with so many users, somebody who asks it, and the pages that are asked for."""

    size: int
    client: Client
    bearer: str
    pages: Mapping[str, tuple[str, Mapping[str, Any]]]

    async def ask(self, page: str) -> float:
        """One page, and the milliseconds that it took. Raises NotMeasuredError when it is no page."""
        answer = await self.client.ask(*self.pages[page], Authorization=f"Bearer {self.bearer}")
        if answer.status != 200 or b'"hasNextPage":true' not in answer.body or b'"errors"' in answer.body:
            raise NotMeasuredError(f"page_cost: {answer.body[:300]!r}")
        return answer.milliseconds


async def measure(stage: Stage) -> list[dict[str, Any]]:
    """For each page and number of users: milliseconds at the door, and those that PostgreSQL computed; medians."""
    sizes = SIZES[:-1] if stage.is_quick else SIZES
    found = []
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(_asked(stage, size)) for size in sizes]
        for page in servers[0].pages:
            # In turn, and often, so that whatever the machine does meanwhile is everybody's.
            rounds = [[await _cost(stage, asked, page) for asked in servers] for _ in range(10 * stage.rounds)]
            by_size = zip(servers, zip(*rounds, strict=True), strict=True)
            found += [{"page": page, "users": asked.size, **_medians(costs)} for asked, costs in by_size]
    return found


@asynccontextmanager
async def _asked(stage: Stage, size: int) -> AsyncIterator[Asked]:
    # Only read, but for a session: whoever copies it later has that too.
    database = await stage.cluster.seeded(size)
    async with running(OURS, stage.cluster, database) as server:
        client = Client(server)
        bearer = await People(stage.cluster, database, size).access_token(server)
        answer = await client.ask(_PAGE, {"before": MIDDLE}, Authorization=f"Bearer {bearer}")
        middle = answer.body.partition(b'"endCursor":"')[2].partition(b'"')[0].decode()
        filtered = operations.FILTERED
        pages = {
            "first": (operations.USERS_50.document, operations.USERS_50.variables),
            "middle": (_PAGE, {"before": NEVER, "after": middle}),
            "filtered": (filtered.document, filtered.variables),
        }
        try:
            yield Asked(size, client, bearer, pages)
        finally:
            await client.close()


async def _cost(stage: Stage, asked: Asked, page: str) -> tuple[float, float]:
    before = cpu_seconds(stage.cluster.pid)
    times = [await asked.ask(page) for _ in range(TIMES)]
    return statistics.median(times), (cpu_seconds(stage.cluster.pid) - before) / TIMES * 1e3


def _medians(costs: Sequence[tuple[float, float]]) -> dict[str, float]:
    return {
        "door_ms": round(statistics.median(door for door, _ in costs), 3),
        "database_ms": round(statistics.median(database for _, database in costs), 3),
    }
