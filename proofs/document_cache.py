"""The document cache hits: clients' own documents stay, whatever else is asked for once."""

from __future__ import annotations

import random
import re

from proofs.findings import Finding
from proofs.stage import Stage, a_service, settings_for
from tests.door import Door

DATABASE = "sqlite"
REQUESTS = 10_000
# A frontend's own documents, each with another selection; as many requests go to each as it is popular (Zipf).
DOCUMENTS = 300
# Of a hundred requests, so many have a value written into their document; so many are wrong.
WITH_VALUES, WRONG = 20, 2

FIELDS = ("version", "registration", "accessTokenLifetimeSeconds", "signInRequiresVerifiedEmail", "__typename")


async def prove(stage: Stage) -> list[Finding]:
    """Ten thousand mixed requests to one process, and what its metrics say of them."""
    by = random.Random(1)  # noqa: S311 - guesses nothing, and shall be the same each time
    weights = [1 / rank for rank in range(1, DOCUMENTS + 1)]
    async with stage.fresh(DATABASE) as settings, a_service(settings_for(settings.database, metrics=True)) as service:
        for number in range(REQUESTS):
            await service.door.answer(_document(by, number, weights))
        hits, misses = await _counted(service.door)
    possible = 1 - (WITH_VALUES + WRONG) / 100
    ratio = hits / (hits + misses)
    return [
        Finding(DATABASE, "documents looked up", f"{hits + misses:,}", f"{REQUESTS:,}", hits + misses == REQUESTS),
        Finding(
            DATABASE,
            f"found ready, with {WITH_VALUES} % written anew and {WRONG} % wrong",
            f"{ratio:.1%}",
            f"≥ {possible * 0.93:.1%}",
            ratio >= possible * 0.93,
        ),
        Finding(DATABASE, "of those that could be", f"{ratio / possible:.1%}"),
    ]


def _document(by: random.Random, number: int, weights: list[float]) -> str:
    chance = by.randrange(100)
    if chance < WRONG:
        return f"{{ serviceInfo {{ nonsense{number} }} }}"
    if chance < WRONG + WITH_VALUES:
        return f'{{ node(id: "{number}") {{ id }} }}'
    (own,) = by.choices(range(len(weights)), weights)
    return f"query Own{own} {{ serviceInfo {{ {FIELDS[own % len(FIELDS)]} }} }}"


async def _counted(door: Door) -> tuple[int, int]:
    told = (await door.http.get("/metrics")).text
    hits, misses = (
        int(float(re.findall(rf'lookups_total{{result="{result}"}} (\S+)', told)[0])) for result in ("hit", "miss")
    )
    return hits, misses
