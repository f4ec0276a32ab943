"""login beside what the cores can verify with the same parameters, and how others fare while ten times that arrives."""

from __future__ import annotations

import asyncio
import gc
import operator
import os
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, TypeVar

from passlib.hash import argon2

from benchmarks import operations
from benchmarks.asking import Answer, Client
from benchmarks.driving import NotMeasuredError, drive
from benchmarks.processes import ALL_CORES, resident_mib
from benchmarks.seeding import PASSWORD, password_hash
from benchmarks.servers import OURS, Server, running
from benchmarks.stage import Stage

T = TypeVar("T")

# Accounts and networks enough that it is not the throttle that turns them away.
BEHIND_A_PROXY = {"GQL_USERS_TRUSTED_PROXIES": "1"}
PACE = 100
TIMES = 10
SETTLED_S = 5

FLOOD = """mutation ($input: LoginInput!) { login(input: $input) {
  tokens { accessToken } errors { code ... on RateLimitedError { retryAfterSeconds } }
} }"""


async def measure_logins(stage: Stage) -> list[dict[str, Any]]:
    """Sign-ins a second, and verifications a second of the cores alone; in turn, on all cores. Medians."""
    async with _unpinned(stage) as server:
        # More than these find no place to wait for a hash (see the flood).
        return [await _logins(stage, server, connections) for connections in stage.connections if connections <= 16]


async def _logins(stage: Stage, server: Server, connections: int) -> dict[str, Any]:
    signed_in, verified = [], []
    for _ in range(stage.rounds):
        verified.append(await asyncio.to_thread(verifications_a_second, stage.seconds))
        driven = await drive(
            server.url,
            operations.LOGIN,
            users=stage.people.users,
            connections=connections,
            seconds=stage.seconds,
            cores=ALL_CORES,
        )
        signed_in.append(driven.requests / driven.seconds)
    return {
        "connections": connections,
        "logins": round(statistics.median(signed_in), 1),
        "verifications": round(statistics.median(verified), 1),
        "ratio": round(statistics.median(map(operator.truediv, signed_in, verified)), 2),
    }


def verifications_a_second(seconds: float) -> float:
    """What all cores verify when they do nothing else."""
    phc, until = password_hash(), time.perf_counter() + seconds

    def verify() -> int:
        count = 0
        while time.perf_counter() < until:
            assert argon2.verify(PASSWORD, phc)
            count += 1
        return count

    with ThreadPoolExecutor(len(ALL_CORES)) as threads:
        return sum(threads.map(lambda _core: verify(), ALL_CORES)) / seconds


async def measure_flood(stage: Stage) -> dict[str, Any]:
    """`me` alone, and while ten times as many sign-ins arrive as the cores can verify; and what becomes of those.

    Of several rounds, the one whose `me` was slowed down by the median.
    """
    rounds = [await _flooded(stage) for _ in range(1 if stage.is_quick else 3)]
    return sorted(rounds, key=lambda each: each["me_flooded_p99_ms"] / each["me_idle_p99_ms"])[len(rounds) // 2]


async def _flooded(stage: Stage) -> dict[str, Any]:
    """One round of it, with a server that has just been started."""
    seconds = 5 if stage.is_quick else 15
    offered = TIMES * await asyncio.to_thread(verifications_a_second, stage.seconds)
    async with (
        _unpinned(stage) as server,
        _client(server) as mine,
        _client(server) as theirs,
    ):
        bearer = await stage.people.access_token(server)
        with _first_served(), _undisturbed():
            await _paced(mine, PACE, 1, _me, bearer)
            idle = await _paced(mine, PACE, seconds, _me, bearer)
            memory = [resident_mib(server.pid)]
            flood = asyncio.create_task(_paced(theirs, offered, seconds, _login, stage.people.users))
            during = await _paced(mine, PACE, seconds, _me, bearer)
            memory.append(resident_mib(server.pid))
            logins = await flood
        await asyncio.sleep(SETTLED_S)
        memory.append(resident_mib(server.pid))
    return _summary(idle, during, logins, offered / TIMES, memory)


def _summary(
    idle: list[Answer], during: list[Answer], logins: list[Answer], capacity: float, memory: list[float]
) -> dict[str, Any]:
    if wrong := _failed(idle):
        raise NotMeasuredError(f"flood: {len(wrong)} answers to me are no good, such as {wrong[0].body[:300]!r}")
    refused = [answer for answer in logins if b'"accessToken"' not in answer.body]
    told = [answer for answer in refused if b'"retryAfterSeconds"' in answer.body]
    return {
        "offered_per_second": round(capacity * TIMES),
        "verifications_per_second": round(capacity, 1),
        "signed_in": len(logins) - len(refused),
        "refused": len(refused),
        "refused_with_retry_after": len(told),
        "refused_p99_ms": round(_p99(refused), 1) if refused else None,
        "me_failed": len(_failed(during)),
        "me_idle_p50_ms": round(statistics.median(each.milliseconds for each in idle), 2),
        "me_idle_p99_ms": round(_p99(idle), 2),
        "me_flooded_p50_ms": round(statistics.median(each.milliseconds for each in during), 2),
        "me_flooded_p99_ms": round(_p99(during), 2),
        "resident_mib": {"before": round(memory[0]), "during": round(memory[1]), "after": round(memory[2])},
    }


def _failed(answers: list[Answer]) -> list[Answer]:
    """Those of the answers to `me` that do not tell who it is."""
    return [answer for answer in answers if b'"updatedAt"' not in answer.body]


async def _paced(
    client: Client, pace: float, seconds: float, ask: Callable[[Client, T], Coroutine[Any, Any, Answer]], about: T
) -> list[Answer]:
    """So many questions a second, each at its moment, however many still wait for their answers."""
    begun = time.perf_counter()
    asked = []
    for number in range(round(pace * seconds)):
        await asyncio.sleep(begun + number / pace - time.perf_counter())
        asked.append(asyncio.create_task(ask(client, about)))
    return list(await asyncio.gather(*asked))


async def _me(client: Client, bearer: str) -> Answer:
    return await client.ask(operations.ME.document, {}, Authorization=f"Bearer {bearer}")


async def _login(client: Client, users: int) -> Answer:
    address = ".".join(str(random.randrange(1, 255)) for _ in range(4))  # noqa: S311 - load, not a secret
    # Every 50th account is closed.
    who = {"email": f"user{1 + random.randrange(users // 50) * 50}@example.com", "password": PASSWORD}  # noqa: S311 - as above
    return await client.ask(FLOOD, {"input": who}, X_Forwarded_For=address)


@asynccontextmanager
async def _unpinned(stage: Stage) -> AsyncIterator[Server]:
    """Our server and its database on all cores, as hashes of passwords want them."""
    people = stage.people
    with stage.cluster.on_all_cores():
        async with running(OURS, stage.cluster, people.database, pinned=False, **BEHIND_A_PROXY) as server:
            yield server


@asynccontextmanager
async def _client(server: Server) -> AsyncIterator[Client]:
    client = Client(server)
    try:
        yield client
    finally:
        await client.close()


@contextmanager
def _first_served() -> Iterator[None]:
    """Let this client have a core whenever it wants one: elsewhere it would be another machine."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, 0)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no garbage be looked for in the client, which would be taken for the server's time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _p99(answers: list[Answer]) -> float:
    return statistics.quantiles((each.milliseconds for each in answers), n=100)[98]
