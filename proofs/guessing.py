"""Who guesses passwords is heard ten times per account and a hundred times in all, however many processes they ask."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, TypeVar

import httpx

from gql_users import Settings
from proofs.findings import Finding, all_of, at_most
from proofs.outcomes import DONE, outcome, told
from proofs.refresh_races import two_processes
from proofs.stage import EVERYBODY_AT_ONCE, KINDS, Stage, an_administered_service
from tests.door import PASSWORD, Door, Person
from tests.guessing import counted

T = TypeVar("T")

ROUNDS = 5
GUESSES = 200
PER_ACCOUNT, PER_NETWORK = 10, 100
ALIASES = 15
OWNERS = 20
OF_THE_OWNER, OF_MANY_ACCOUNTS = "127.0.0.2", "127.0.0.3"

COUNT = "query ($kinds: [EventKind!]) { events(filter: {kinds: $kinds}) { totalCount } }"

SENSITIVE = {
    "login": '(input: {email: "member-0@example.com", password: "wrong"})',
    "register": '(input: {email: "new@example.com", password: "wrong horse battery"})',
    "refresh": '(input: {refreshToken: "nonsense"})',
    "changePassword": '(input: {currentPassword: "wrong", newPassword: "wrong horse battery"})',
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Two processes on one database, an admin who reads what happened, and a member for each round."""

    kind: str
    settings: Settings
    doors: Sequence[Door]
    as_admin: Door
    members: Sequence[Person]

    async def events(self, *kinds: str) -> int:
        """How many events of these kinds there are, or of all kinds."""
        page = (await self.as_admin.ask(COUNT, kinds=kinds or None))["events"]
        return int(page["totalCount"])

    @asynccontextmanager
    async def doors_from(self, address: str) -> AsyncIterator[Sequence[Door]]:
        """The doors of both processes, for somebody at another address."""
        one, other = self.doors
        transports = [httpx.AsyncHTTPTransport(limits=EVERYBODY_AT_ONCE, local_address=address) for _ in self.doors]
        async with (
            httpx.AsyncClient(base_url=one.http.base_url, timeout=60, transport=transports[0]) as at_one,
            httpx.AsyncClient(base_url=other.http.base_url, timeout=60, transport=transports[1]) as at_other,
        ):
            yield Door(at_one), Door(at_other)


@dataclass
class Rounds:
    """What became of the rounds of guesses so far."""

    exact: int = 0
    most_heard: int = 0
    guesses: Counter[str] = field(default_factory=Counter)
    here: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    bystander: Counter[str] = field(default_factory=Counter)


async def prove(stage: Stage) -> list[Finding]:
    """Each part asks both processes; the guesses of one part are no guesses of the next."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with (
            stage.fresh(kind) as settings,
            two_processes(settings) as doors,
            an_administered_service(settings) as service,
        ):
            members = [await doors[0].register(f"member-{number}@example.com") for number in range(ROUNDS)]
            scene = Scene(kind, settings, doors, service.as_admin, members)
            findings += await _sign_ins_of_owners(scene)
            findings += await _aliases(scene)
            findings += await _guesses_at_one_account(scene)
            findings += await _guesses_at_many_accounts(scene)
    return findings


async def _sign_ins_of_owners(scene: Scene) -> list[Finding]:
    answers: Counter[str] = Counter()
    for member in scene.members:
        answers += await _sign_ins(scene.doors, [member.email] * OWNERS, PASSWORD)
    total = len(scene.members) * OWNERS
    return [all_of(scene.kind, f"right passwords, {OWNERS} at once, that sign in", answers[DONE], total)]


async def _aliases(scene: Scene) -> list[Finding]:
    """Signed in, so that only what is tested stands in the way of a change of password."""
    events, attempts = await scene.events(), await counted(scene.settings)
    door = scene.doors[0].as_(scene.members[0])
    documents = [_document(name, form) for name in SENSITIVE for form in ("aliases", "fragments")]
    refused = [(await door.answer(document)).json() for document in documents]
    too_complex = sum(_is_too_complex(body) for body in refused)
    traces = await scene.events() - events + (await counted(scene.settings) != attempts)
    what = f"documents with {ALIASES} sensitive mutations each, as aliases or in fragments, that are QUERY_TOO_COMPLEX"
    return [
        all_of(scene.kind, what, too_complex, len(documents)),
        at_most(scene.kind, "attempts and events that these leave", traces, 0, ""),
    ]


async def _guesses_at_one_account(scene: Scene) -> list[Finding]:
    rounds = Rounds()
    async with scene.doors_from(OF_THE_OWNER) as elsewhere:
        for number, member in enumerate(scene.members, 1):
            before = await scene.events("SIGN_IN_REFUSED")
            emails = [member.email] * GUESSES
            came = await _beside_a_bystander(scene, _sign_ins(scene.doors, emails, "wrong"), rounds.bystander)
            heard = await scene.events("SIGN_IN_REFUSED") - before
            kept = [("account", PER_ACCOUNT, 0)] * number + [("network", PER_ACCOUNT * number, 0)]
            rounds.exact += (
                heard == came["INVALID_CREDENTIALS"] == PER_ACCOUNT and await counted(scene.settings) == kept
            )
            rounds.most_heard = max(rounds.most_heard, heard)
            rounds.guesses += came
            rounds.here += await _sign_ins(scene.doors, [member.email], PASSWORD)
            rounds.elsewhere += await _sign_ins(elsewhere, [member.email] * 2, PASSWORD)
    guesses = f"of {GUESSES} wrong passwords at once for one account"
    asked = sum(rounds.bystander.values())
    return [
        at_most(scene.kind, f"{guesses}, evaluated at most", rounds.most_heard, PER_ACCOUNT, "", told(rounds.guesses)),
        all_of(scene.kind, f"{guesses}, rounds whose answers, events and counters all say ten", rounds.exact, ROUNDS),
        at_most(scene.kind, "THROTTLED events of these rounds", await scene.events("THROTTLED"), ROUNDS, ""),
        all_of(scene.kind, "questions of somebody else that are answered meanwhile", rounds.bystander[DONE], asked),
        all_of(scene.kind, "right passwords that have to wait then", rounds.here["RATE_LIMITED"], ROUNDS),
        all_of(scene.kind, "right passwords from another network that sign in", rounds.elsewhere[DONE], ROUNDS * 2),
    ]


async def _beside_a_bystander(scene: Scene, deed: Awaitable[T], answers: Counter[str]) -> T:
    """Do it while somebody who is signed in goes on asking something, once after the other, at either process."""

    async def ask() -> None:
        for door in cycle(scene.doors):
            answer = await door.as_(scene.members[0]).answer("{ me { id } }")
            answers[DONE if answer.is_success and "errors" not in answer.json() else str(answer.status_code)] += 1
            await asyncio.sleep(0.02)

    asking = asyncio.create_task(ask())
    try:
        return await deed
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _guesses_at_many_accounts(scene: Scene) -> list[Finding]:
    before = await scene.events("SIGN_IN_REFUSED")
    guessed = [f"nobody-{number}@example.com" for number in range(GUESSES)]
    async with scene.doors_from(OF_MANY_ACCOUNTS) as doors:
        answers = await _sign_ins(doors, guessed, "wrong")
        right = await _sign_ins(doors, [scene.members[0].email] * 2, PASSWORD)
    heard = await scene.events("SIGN_IN_REFUSED") - before
    kept = [row for row in await counted(scene.settings) if row[0] == "network"]
    guesses = f"of {GUESSES} wrong passwords at once for {GUESSES} accounts from one network"
    answered = {"INVALID_CREDENTIALS": PER_NETWORK, "RATE_LIMITED": GUESSES - PER_NETWORK}
    exact = answers == answered and heard == PER_NETWORK and ("network", PER_NETWORK, 0) in kept
    return [
        at_most(scene.kind, f"{guesses}, evaluated", heard, PER_NETWORK, "", told(answers)),
        all_of(scene.kind, "answers, events and counters that all say a hundred", exact, 1),
        all_of(scene.kind, "right passwords from there that have to wait too", right["RATE_LIMITED"], 2),
    ]


async def _sign_ins(doors: Sequence[Door], emails: Sequence[str], password: str) -> Counter[str]:
    """What becomes of sign-ins that all arrive together, spread over the doors."""
    asked = zip(cycle(doors), emails, strict=False)
    attempts = (outcome(door, "login", {"email": email, "password": password}) for door, email in asked)
    return Counter(await asyncio.gather(*attempts))


def _document(name: str, form: str) -> str:
    field = f"{name}{SENSITIVE[name]} {{ errors {{ code }} }}"
    if form == "aliases":
        return "mutation {" + " ".join(f"a{number}: {field}" for number in range(ALIASES)) + "}"
    fragments = " ".join(f"fragment F{number} on Mutation {{ a{number}: {field} }}" for number in range(ALIASES))
    return "mutation {" + " ".join(f"...F{number}" for number in range(ALIASES)) + "} " + fragments


def _is_too_complex(body: dict[str, Any]) -> bool:
    codes = {error["extensions"]["code"] for error in body.get("errors", ())}
    return codes == {"QUERY_TOO_COMPLEX"} and body.get("data") is None
