"""A walk misses nobody who was there and repeats nobody while others arrive in front of it and behind it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from itertools import count

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users.criteria import Order, OrderField
from gql_users.models import User
from proofs.findings import Finding, all_of
from proofs.orderings import in_order
from proofs.population import Person, another, people
from proofs.stage import KINDS, Stage, an_administered_service, an_engine
from proofs.walking import Page, backward, forward

POPULATION = 10_000
ARRIVALS = 500
AT_EACH_PAGE = 5


async def prove(stage: Stage) -> list[Finding]:
    """Walks every ordering in both directions from both ends, each time while five hundred others arrive."""
    everybody = [*people(POPULATION)]
    return [await _among_arrivals(stage, kind, field, everybody) for kind in KINDS for field in OrderField]


async def _among_arrivals(stage: Stage, kind: str, field: OrderField, everybody: list[Person]) -> Finding:
    right = tried = arrived = joined = 0
    async with (
        stage.fresh(kind, POPULATION) as settings,
        an_administered_service(settings) as service,
        an_engine(settings) as engine,
    ):
        arrivals = Arrivals(engine)
        for order in (Order(field, descending=False), Order(field, descending=True)):
            expected = in_order(everybody, order)
            for pages, due in (
                (forward(service.as_admin, order), expected),
                (backward(service.as_admin, order), expected[::-1]),
            ):
                met, newcomers = await arrivals.during(pages)
                there_before = [number for number in met if number <= POPULATION]
                tried += max(len(due), len(there_before))
                right += sum(one == other for one, other in zip(there_before, due, strict=False))
                right -= len(met) - len(set(met))
                arrived, joined = arrived + len(newcomers), joined + len(newcomers.intersection(met))
    what = f"{field.name}, ASC and DESC, from both ends: users met where Python puts them, and nobody met twice"
    return all_of(kind, what, right, tried, f"{arrived:,} arrived meanwhile, {joined:,} of them met on the way")


class Arrivals:
    """People who arrive all over the list while somebody walks through it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._numbers = count(POPULATION + 1)
        self._chance = random.Random(POPULATION)  # noqa: S311 - the same people every time

    async def during(self, pages: AsyncIterator[Page]) -> tuple[list[int], set[int]]:
        """Who is met on these pages, and who arrived meanwhile: a few at the same time as each page is asked for."""
        met: list[int] = []
        arrivals: list[asyncio.Task[int]] = []
        async with asyncio.TaskGroup() as arriving:
            async for page in pages:
                met += page.numbers
                to_come = min(AT_EACH_PAGE, ARRIVALS - len(arrivals))
                arrivals += [arriving.create_task(self._arrive()) for _ in range(to_come)]
        return met, {arrival.result() for arrival in arrivals}

    async def _arrive(self) -> int:
        person = another(self._chance, next(self._numbers), POPULATION)
        async with self._engine.begin() as connection:
            return (await connection.execute(insert(User).returning(User.id), person)).scalar_one()
