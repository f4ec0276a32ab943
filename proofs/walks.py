"""A walk through everybody, from either end, meets each once and in order, and both databases agree on it."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.criteria import Order, OrderField
from proofs.findings import Finding, all_of
from proofs.orderings import in_order
from proofs.population import Person, people
from proofs.stage import KINDS, Stage, an_administered_service
from proofs.walking import Page, backward, forward
from tests.door import Door

POPULATION = 10_000


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk that was taken. `numbers` are in the order of the list, whichever end it began at."""

    order: Order
    numbers: list[int]
    pages: list[Page]


async def prove(stage: Stage) -> list[Finding]:
    """Walks every ordering in both directions from both ends, and compares with what Python makes of the rows."""
    everybody = [*people(POPULATION)]
    walks: dict[str, list[Walk]] = {}
    for kind in KINDS:
        async with stage.fresh(kind, POPULATION) as settings, an_administered_service(settings) as service:
            walks[kind] = [walk for field in OrderField for walk in await _walks(service.as_admin, field)]
    findings = [
        _in_order(kind, field, [walk for walk in taken if walk.order.field is field], everybody)
        for kind, taken in walks.items()
        for field in OrderField
    ]
    findings += [_true_ends(kind, taken) for kind, taken in walks.items()]
    one, other = walks.values()
    same = sum(here.numbers == there.numbers for here, there in zip(one, other, strict=True))
    return [*findings, all_of("both", "walks that meet everybody in the same order on both databases", same, len(one))]


async def _walks(door: Door, field: OrderField) -> list[Walk]:
    """There and back, in both directions."""
    walks = []
    for order in (Order(field, descending=False), Order(field, descending=True)):
        there = [page async for page in forward(door, order)]
        back = [page async for page in backward(door, order)]
        walks += [Walk(order, _numbers(there), there), Walk(order, _numbers(back)[::-1], back)]
    return walks


def _numbers(pages: list[Page]) -> list[int]:
    """Those who were met, but for the admin, who is not one of the people."""
    return [number for page in pages for number in page.numbers if number <= POPULATION]


def _in_order(kind: str, field: OrderField, walks: list[Walk], everybody: list[Person]) -> Finding:
    right = tried = 0
    for walk in walks:
        expected = in_order(everybody, walk.order)
        tried += max(len(expected), len(walk.numbers))
        right += sum(met == due for met, due in zip(walk.numbers, expected, strict=False))
    return all_of(kind, f"{field.name}, ASC and DESC, from both ends: users met where Python puts them", right, tried)


def _true_ends(kind: str, walks: list[Walk]) -> Finding:
    """Only the page that a walk begins with has nobody behind it."""
    said = [page.says_more_behind is (place > 0) for walk in walks for place, page in enumerate(walk.pages)]
    return all_of(kind, "pages that say truly whether there is more on the other side", sum(said), len(said))
