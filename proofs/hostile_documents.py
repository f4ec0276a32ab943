"""Hostile bodies and documents are refused without a 5xx, each in under 50 ms, and others are answered meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from proofs.findings import Finding, all_of, at_most
from proofs.hostilities import BODIES, DOCUMENTS, asking
from proofs.stage import Stage
from tests.commands import Commands
from tests.databases import SECRET

# A machine that others use stops a process now and then: what a request takes is the median of so many.
TRIES = 7
SLOWEST = 50.0
LONGEST_LAG = 100.0
DATABASE = "sqlite"


@dataclass
class Found:
    """What became of the requests of one kind: statuses, milliseconds, and which of them were answered with data."""

    statuses: list[int] = field(default_factory=list)
    milliseconds: dict[str, float] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)


async def prove(stage: Stage) -> list[Finding]:
    """A process of its own, as in production but with introspection, which has more to offer."""
    async with stage.fresh(DATABASE) as settings:
        with TemporaryDirectory(prefix="gql-users-") as folder:
            usual = {"database_url": settings.database, "secret": SECRET, "env": "production", "introspection": "true"}
            commands = Commands(Path(folder), usual | {"log_level": "error"})
            async with commands.serving() as running, httpx.AsyncClient(base_url=running.url, timeout=60) as http:
                lags: list[float] = []
                listening = asyncio.create_task(_listen(running.url, lags))
                bodies = await _sent(http, BODIES)
                documents = await _sent(http, {name: asking(text) for name, text in DOCUMENTS.items()})
                listening.cancel()
    return [
        *_findings("bodies", bodies, len(BODIES)),
        *_findings("documents", documents, len(DOCUMENTS)),
        at_most(
            DATABASE, "longest wait of somebody else meanwhile", max(lags), LONGEST_LAG, "ms", f"{len(lags):,} asked"
        ),
    ]


def _findings(what: str, found: Found, of: int) -> list[Finding]:
    slowest = max(found.milliseconds, key=lambda name: found.milliseconds[name])
    refused = of - len(found.answered)
    return [
        all_of(DATABASE, f"hostile {what} refused", refused, of, ", ".join(found.answered)),
        at_most(DATABASE, f"5xx for hostile {what}", sum(status >= 500 for status in found.statuses), 0, ""),
        at_most(DATABASE, f"slowest of the {what}", found.milliseconds[slowest], SLOWEST, "ms", slowest),
    ]


async def _sent(http: httpx.AsyncClient, requests: Mapping[str, bytes]) -> Found:
    found = Found()
    for name, body in requests.items():
        taken = []
        for _ in range(TRIES):
            started = time.perf_counter()
            answer = await http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            taken.append((time.perf_counter() - started) * 1000)
            found.statuses.append(answer.status_code)
        found.milliseconds[name] = statistics.median(taken)
        if answer.json().get("data"):
            found.answered.append(name)
    return found


async def _listen(url: str, lags: list[float]) -> None:
    """Somebody else asks whether the process is alive, all the time."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        while True:
            started = time.perf_counter()
            await http.get("/health")
            lags.append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(0.005)
