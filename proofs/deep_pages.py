"""A page of a million users costs the same wherever it lies.

Compared with the second one: the first is cheaper still, because it has no bound, for which a plan has to be made.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

from gql_users.criteria import Order, OrderField, UserFilter
from gql_users.paging import Slice
from gql_users.repositories.reading_users import UserReader
from gql_users.settings import Settings
from proofs.explaining import an_explainer
from proofs.findings import Finding, all_of, at_most
from proofs.orderings import named
from proofs.places import places
from proofs.plans import MOST_WORK, UNIT, Explainer, Plan, ways
from proofs.stage import KINDS, Stage, a_driver, an_engine
from proofs.statements import overheard

RUNS = 30
TRIES = 3
DEAREST = 1.5

Pages = Mapping[str, Slice]


async def prove(stage: Stage) -> list[Finding]:
    """Looks at eight places of every ordering, in both directions."""
    findings: list[Finding] = []
    for kind in KINDS:
        settings = await stage.with_a_million(kind)
        for field in OrderField:
            findings += await _of_a_field(kind, settings, field)
    return findings


async def _of_a_field(kind: str, settings: Settings, field: OrderField) -> list[Finding]:
    plans: dict[str, list[Plan]] = {}
    costs: dict[str, float] = {}
    async with an_engine(settings) as engine, a_driver(settings) as driver, an_explainer(settings) as explainer:
        users = UserReader(driver)
        for order in (Order(field, descending=False), Order(field, descending=True)):
            pages = await places(engine, order)
            for name, page in pages.items():
                plans[f"{named(order)}, {name}"] = await _explained(users, explainer, order, page)
            relative = await _relative_costs(users, order, pages)
            costs |= {f"{named(order)}, {name}": cost for name, cost in relative.items()}
    return [*_of_plans(kind, field, plans), _of_time(kind, field, costs)]


def _of_plans(kind: str, field: OrderField, plans: Mapping[str, list[Plan]]) -> list[Finding]:
    every = [plan for found in plans.values() for plan in found]
    good = sum(plan.is_an_index_scan for plan in every)
    bad = [name for name, found in plans.items() if not all(plan.is_an_index_scan for plan in found)]
    remark = f"by {ways(every)}" + (f"; not {bad[0]}, and {len(bad) - 1} more" if bad else "")
    most = max(plans, key=lambda name: max(plan.work for plan in plans[name]))
    work = max(plan.work for plan in plans[most])
    return [
        all_of(kind, f"{_asked(field)}: plans that are index scans", good, len(every), remark),
        at_most(kind, f"{_asked(field)}: most that a page touches", work, MOST_WORK[kind], UNIT[kind], most),
    ]


def _of_time(kind: str, field: OrderField, costs: Mapping[str, float]) -> Finding:
    dearest = max(costs, key=costs.__getitem__)
    what = f"{_asked(field)}: time of the dearest page, by that of the second"
    return at_most(kind, what, costs[dearest], DEAREST, "", dearest)


def _asked(field: OrderField) -> str:
    return f"users(first: 50, orderBy: {{field: {field.name}}})"


async def _explained(users: UserReader, explainer: Explainer, order: Order, page: Slice) -> list[Plan]:
    with overheard() as heard:
        await users.page(UserFilter(), order, page)
    (statement,) = heard
    return await explainer.plans(statement)


async def _relative_costs(users: UserReader, order: Order, pages: Pages) -> dict[str, float]:
    """The time of each page, by that of the second. The machine may have other work to do, but hardly thrice."""
    costs: dict[str, float] = {}
    for _ in range(TRIES):
        taken = await _medians(users, order, pages)
        now = {name: median / taken["second"] for name, median in taken.items()}
        costs = {name: min(cost, costs.get(name, cost)) for name, cost in now.items()}
        if max(costs.values()) <= DEAREST:
            break
    return costs


async def _medians(users: UserReader, order: Order, pages: Pages) -> dict[str, float]:
    """How long each page takes through the repository. They take turns, so that all meet the same weather."""
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(RUNS):
        for name, page in pages.items():
            started = time.perf_counter()
            await users.page(UserFilter(), order, page)
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) for name, times in taken.items()}
