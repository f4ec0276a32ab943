"""A refresh token that comes back ends its session, and whatever ends a session does so at every process within 1 s."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from proofs.findings import Finding, all_of, at_most
from proofs.outcomes import DONE, outcome
from proofs.refresh_races import standing, two_processes
from proofs.stage import KINDS, Stage, an_administered_service
from tests.door import PASSWORD, Door, Person

TIMES = 20
WITHIN_S, WATCHED_S = 1.0, 5.0
WITHIN_GRACE_S, BEYOND_GRACE_S = (0, 5, 9), 11
TOKENS = "tokens { accessToken refreshToken }"
REUSED, INVALID = "TOKEN_REUSED", "TOKEN_INVALID"
TOLD = """query ($user: ID!) {
    events(filter: {kinds: [TOKEN_REUSED], userId: $user}) { nodes { user { id } actor { id } } totalCount }
}"""
SESSIONS = "{ me { sessions { nodes { id isCurrent } } } }"

Doors = Sequence[Door]


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody who is signed in twice, and the process at which something is about to end one session or both."""

    door: Door
    this: Person
    that: Person
    that_id: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that ends sessions: what it takes, which of the two it ends, and whether an admin has to do it."""

    mutation: str
    input: Callable[[Case], dict[str, Any]]
    ends_this: bool
    ends_that: bool
    by_admin: bool = False


def _logout(scope: str, *ends: bool) -> Deed:
    return Deed("logout", lambda case: {"refreshToken": case.this.refresh_token, "scope": scope}, *ends)


def _to_user(mutation: str, **more: object) -> Deed:
    return Deed(mutation, lambda case: {"id": case.this.id, **more}, True, True, by_admin=True)


PASSWORDS = {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD} again"}
DEEDS: Mapping[str, Deed] = {
    "logout of the CURRENT": _logout("CURRENT", True, False),
    "logout of OTHERS": _logout("OTHERS", False, True),
    "logout of ALL": _logout("ALL", True, True),
    "revokeSession": Deed("revokeSession", lambda case: {"id": case.that_id}, False, True),
    "changePassword": Deed("changePassword", lambda _case: PASSWORDS, False, True),
    "deactivateUser": _to_user("deactivateUser"),
    "setUserAdmin to false": _to_user("setUserAdmin", isAdmin=False),
    "deleteUser": _to_user("deleteUser"),
}


async def prove(stage: Stage) -> list[Finding]:
    """Has tokens come back and sessions ended at one process, and watches both."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with stage.fresh(kind) as settings, two_processes(settings) as doors:
            async with an_administered_service(settings) as service:
                token = service.as_admin.token
            findings += await _reuse(kind, doors, token)
            findings += await _lost_replies(kind, doors)
            findings += await _deeds(kind, doors, token)
    return findings


async def _reuse(kind: str, doors: Doors, admin: str | None) -> list[Finding]:
    reused = over = told = 0
    slowest = 0.0
    for number in range(TIMES):
        person = await doors[0].register(f"reuse-{number}@example.com")
        generations = [person]
        for door in (doors[1], doors[0], doors[1]):
            generations.append(await _refreshed(door, generations[-1]))
        assert await _all_are(DONE, doors, generations)
        # Now at one process, now at both at once: it is one theft all the same.
        answers = await asyncio.gather(*(_refusal(door, person) for door in doors[: 1 + number % 2]))
        slowest = max(slowest, await _seconds_until_refused(doors, generations))
        reused += REUSED in answers and {REUSED, INVALID}.issuperset(answers)
        over += await _is_over(doors, generations)
        events = (await doors[1].showing(admin).ask(TOLD, user=person.id))["events"]
        told += events == {"nodes": [{"user": {"id": person.id}, "actor": None}], "totalCount": 1}
    return [
        all_of(kind, "the first of four generations comes back: TOKEN_REUSED", reused, TIMES),
        all_of(kind, "… and all four are refused at both", over, TIMES),
        at_most(kind, "… the longest until all four access tokens are", slowest, WITHIN_S, "s", f"{TIMES} times"),
        all_of(kind, "… exactly one TOKEN_REUSED event, though the request failed", told, TIMES),
    ]


async def _lost_replies(kind: str, doors: Doors) -> list[Finding]:
    people = [await doors[0].register(f"lost-{number}@example.com") for number in range(2 * TIMES)]
    came_back = await asyncio.gather(*(_predecessor_again(doors, person) for person in people[:TIMES]))
    ended = await asyncio.gather(*(_older_again(doors, person) for person in people[TIMES:]))
    again = f"the predecessor comes back after {', '.join(map(str, WITHIN_GRACE_S))} s: the same successor"
    late = f"the predecessor comes back after {BEYOND_GRACE_S} s: TOKEN_REUSED, and the session is over"
    same, over = map(sum, zip(*came_back, strict=True))
    return [
        all_of(kind, again, same, TIMES * len(WITHIN_GRACE_S)),
        all_of(kind, late, over, TIMES),
        all_of(kind, "the one before comes back after 1 s: TOKEN_REUSED, and the session is over", sum(ended), TIMES),
    ]


async def _predecessor_again(doors: Doors, first: Person) -> tuple[int, bool]:
    """How often it got the same successor while it may, and whether it ended the session when it came too late."""
    second = await _refreshed(doors[0], first)
    exchanged, same = time.perf_counter(), 0
    for seconds in WITHIN_GRACE_S:
        await asyncio.sleep(exchanged + seconds - time.perf_counter())
        same += (await _refreshed(doors[1], first)).refresh_token == second.refresh_token
    await asyncio.sleep(exchanged + BEYOND_GRACE_S - time.perf_counter())
    return same, await _refusal(doors[1], first) == REUSED and await _is_over(doors, [second])


async def _older_again(doors: Doors, first: Person) -> bool:
    third = await _refreshed(doors[1], await _refreshed(doors[0], first))
    await asyncio.sleep(1)
    return await _refusal(doors[0], first) == REUSED and await _is_over(doors, [third])


async def _deeds(kind: str, doors: Doors, admin: str | None) -> list[Finding]:
    findings: list[Finding] = []
    right = 0
    for name, deed in DEEDS.items():
        slowest = 0.0
        for number in range(TIMES):
            email = f"{deed.mutation}-{name.split()[-1]}-{number}@example.com"
            case = await _case(doors if number % 2 else doors[::-1], email, admin)
            token = admin if deed.by_admin else case.this.access_token
            done = await outcome(case.door.showing(token), deed.mutation, deed.input(case))
            ended = [case.this] * deed.ends_this + [case.that] * deed.ends_that
            slowest = max(slowest, await _seconds_until_refused(doors, ended))
            kept = [each for each in (case.this, case.that) if each not in ended]
            right += done == DONE and await _all_are(DONE, doors, kept) and await _is_over(doors, ended)
        longest = f"{name}: the longest until what it ends is refused at both"
        findings.append(at_most(kind, longest, slowest, WITHIN_S, "s", f"{TIMES} times"))
    return [*findings, all_of(kind, "deeds that end those sessions and no others", right, TIMES * len(DEEDS))]


async def _case(doors: Doors, email: str, admin: str | None) -> Case:
    """Somebody new, an admin too, whom either process has seen with either token."""
    this = await doors[0].register(email)
    await doors[0].showing(admin).done("setUserAdmin", {"id": this.id, "isAdmin": True})
    login = {"email": email, "password": PASSWORD}
    that = _with_tokens(this, (await doors[1].done("login", login, TOKENS))["tokens"])
    nodes = (await doors[0].as_(that).ask(SESSIONS))["me"]["sessions"]["nodes"]
    assert await _all_are(DONE, doors, [this, that])
    return Case(doors[0], this, that, next(node["id"] for node in nodes if node["isCurrent"]))


async def _refreshed(door: Door, person: Person) -> Person:
    return _with_tokens(person, (await door.done("refresh", {"refreshToken": person.refresh_token}, TOKENS))["tokens"])


def _with_tokens(person: Person, tokens: dict[str, str]) -> Person:
    return replace(person, access_token=tokens["accessToken"], refresh_token=tokens["refreshToken"])


async def _refusal(door: Door, person: Person) -> str:
    return await outcome(door, "refresh", {"refreshToken": person.refresh_token})


async def _seconds_until_refused(doors: Doors, signed_in: Sequence[Person]) -> float:
    """How long from now, at most, until neither process takes any of the access tokens."""
    started = time.perf_counter()
    while not await _all_are(INVALID, doors, signed_in) and time.perf_counter() < started + WATCHED_S:
        pass
    return time.perf_counter() - started


async def _is_over(doors: Doors, signed_in: Sequence[Person]) -> bool:
    """Does either process refuse both tokens of each?"""
    refusals = [await _refusal(door, person) for door in doors for person in signed_in]
    return {*refusals} == {INVALID} and await _all_are(INVALID, doors, signed_in)


async def _all_are(verdict: str, doors: Doors, signed_in: Sequence[Person]) -> bool:
    """Does either process say the same of each access token?"""
    shown = (standing(door, person.access_token) for door in doors for person in signed_in)
    return {verdict}.issuperset(await asyncio.gather(*shown))
