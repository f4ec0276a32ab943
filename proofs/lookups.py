"""One of a million users is found by an index, whatever of them is known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proofs.explaining import an_explainer
from proofs.findings import Finding
from proofs.plans import MOST_WORK, UNIT, Explainer, ways
from proofs.population import Person, people
from proofs.stage import A_MILLION, KINDS, Service, Stage, an_administered_service
from proofs.statements import Statement, overheard

BY = "query ($by: UserBy!) { user(by: $by) { id } }"
PAGE = """
query ($filter: UserFilter, $order: UserOrder, $after: String) {
  users(first: 50, after: $after, filter: $filter, orderBy: $order) { nodes { id } }
}
"""
FROM_THE_END = """
query ($filter: UserFilter, $order: UserOrder) {
  users(last: 51, filter: $filter, orderBy: $order) { pageInfo { startCursor } }
}
"""
DEMOTION = "mutation ($input: SetUserAdminInput!) { setUserAdmin(input: $input) { errors { code } } }"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question with its values. `is_bound` unless what it finds is too much to be put in order cheaply."""

    name: str
    query: str
    values: dict[str, Any]
    is_bound: bool = True


async def prove(stage: Stage) -> list[Finding]:
    """Asks every question by which somebody is looked up."""
    findings: list[Finding] = []
    for kind in KINDS:
        settings = await stage.with_a_million(kind)
        async with an_administered_service(settings) as service, an_explainer(settings) as explainer:
            findings += [await _found(kind, service, explainer, lookup) for lookup in [*_lookups(_somebody())]]
            for field in ("email", "username", "name"):
                findings.append(await _found(kind, service, explainer, await _last_page(service, field)))
            me = (await service.as_admin.ask("{ me { id } }"))["me"]["id"]
            guard = Lookup("the guard of the last admin", DEMOTION, {"input": {"id": me, "isAdmin": False}})
            findings.append(await _found(kind, service, explainer, guard))
    return findings


def _lookups(somebody: Person) -> Iterator[Lookup]:
    for way, value in (("email", somebody["email"]), ("username", somebody["username"]), ("databaseId", 500_000)):
        yield Lookup(f"user(by: {{{way}}})", BY, {"by": {way: value}})
    for field in ("email", "username", "name"):
        whole, order = somebody[field], {"field": field.upper(), "direction": "ASC"}
        yield Lookup(f"users(filter: {{{field}: {{eq}}}})", PAGE, {"filter": {field: {"eq": whole}}})
        begun = f"users(filter: {{{field}: {{startsWith}}}})"
        few, many = {field: {"startsWith": whole[:8]}}, {field: {"startsWith": whole[:2]}}
        yield Lookup(f"{begun}, of a few", PAGE, {"filter": few})
        yield Lookup(f"{begun}, of many, in its own order", PAGE, {"filter": many, "order": order})
        yield Lookup(f"{begun}, of many, in the order of arrival", PAGE, {"filter": many}, is_bound=False)
    yield Lookup("users(filter: {isAdmin: true})", PAGE, {"filter": {"isAdmin": True}})


async def _last_page(service: Service, field: str) -> Lookup:
    begun = {field: {"startsWith": _somebody()[field][:2]}}
    values = {"filter": begun, "order": {"field": field.upper(), "direction": "ASC"}}
    last = (await service.as_admin.ask(FROM_THE_END, **values))["users"]
    name = f"users(filter: {{{field}: {{startsWith}}}}), of many, in its own order, at the end"
    return Lookup(name, PAGE, {**values, "after": last["pageInfo"]["startCursor"]})


async def _found(kind: str, service: Service, explainer: Explainer, lookup: Lookup) -> Finding:
    with overheard() as heard:
        started = time.perf_counter()
        await service.as_admin.ask(lookup.query, **lookup.values)
        taken = (time.perf_counter() - started) * 1000
    plans = [plan for statement in heard if _reads(statement) for plan in await explainer.plans(statement)]
    work, unit, most = max(plan.work for plan in plans), UNIT[kind], MOST_WORK[kind]
    by_index = not any(plan.reads_the_table for plan in plans)
    sorting = ", and sorted" if any(plan.sorts for plan in plans) else ""
    figure = f"{ways(plans)}{sorting}; {work:,} {unit}; {taken:.0f} ms"
    if not lookup.is_bound:
        return Finding(kind, lookup.name, figure)
    return Finding(kind, lookup.name, figure, f"by index, ≤ {most:,} {unit}", by_index and work <= most)


def _reads(statement: Statement) -> bool:
    return statement.sql.startswith("SELECT")


def _somebody() -> Person:
    """Somebody with a username."""
    return next(person for person in people(A_MILLION) if person["id"] > 1_000 and person["username"])
