"""Keys that sign tokens are replaced under load, and neither clients nor other services notice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import jwt

from gql_users import Settings
from proofs.findings import Finding, all_of
from proofs.outcomes import DONE, told
from proofs.stage import EVERYBODY_AT_ONCE, Stage
from tests.clients.node import HERE, Client, a_client
from tests.commands import Commands
from tests.databases import SECRET
from tests.door import PASSWORD, Door, Person

A_SECOND = 50
# A machine that is too slow for that shall show it by fewer requests, not by a queue that nobody serves.
AT_ONCE = 8
ROTATIONS = 3
BETWEEN_ROTATIONS_S = 4
PEOPLE = 20
TOKENS = "tokens { accessToken refreshToken }"
MIX = ("me", "me", "me", "me", "refresh", "me", "me", "me", "me", "login")


@dataclass(frozen=True, slots=True)
class Household:
    """Two processes on one database, the command beside them, and another service, which knows the keys alone."""

    doors: tuple[Door, Door]
    commands: Commands
    elsewhere: Client


@dataclass
class Load:
    """Everybody's tokens, and what became of the requests so far."""

    people: list[Person]
    access_tokens: list[str]
    refresh_tokens: deque[str]
    rotations: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    seconds: float = 0.0
    is_over: bool = False


@dataclass
class Elsewhere:
    """What the other service made of the tokens that it was shown."""

    shown: int = 0
    verified: int = 0
    refused: Counter[str] = field(default_factory=Counter)


async def prove(stage: Stage) -> list[Finding]:
    """Has people come and go while the key is replaced three times."""
    async with stage.fresh("postgresql") as settings, _household(settings) as home:
        people = [await home.doors[0].register(f"rotating-{number}@example.com") for number in range(PEOPLE)]
        load = Load(people, [p.access_token for p in people], deque(p.refresh_token for p in people))
        _, during, _ = await asyncio.gather(_rotations(home, load), _watched(home, load), _coming_and_going(home, load))
        everything, after = [*load.access_tokens], Elsewhere()
        for token in everything:
            await _show(home.elsewhere, token, after)
        good = [await _is_good(door, token) for token in everything for door in home.doors]
        refreshing = [await home.elsewhere.answer("verified", token) for token in load.refresh_tokens]
    keys = len({str(jwt.get_unverified_header(token)["kid"]) for token in everything})
    tried, answered = load.outcomes.total(), load.outcomes.total() - load.failures.total()
    times = f"in {load.seconds:.0f} s; the slowest took {load.slowest:.2f} s"
    remark = "; ".join([f"{told(load.outcomes)} {times}", *load.failures])
    return [
        _line("rotations by the command", load.rotations[DONE], ROTATIONS, told(load.rotations)),
        _line(f"requests, up to {A_SECOND} a second, answered as ever meanwhile", answered, tried, remark),
        _line("tokens that Node verified meanwhile", during.verified, during.shown, told(during.refused)),
        _line("tokens, old and new, that Node verified afterwards", after.verified, after.shown, told(after.refused)),
        _line("… that are good at both processes, too", sum(good), len(good)),
        _line("refresh tokens that Node refused", sum("error" in each for each in refreshing), len(refreshing)),
        _line("keys that the tokens were signed with", keys, ROTATIONS + 1),
    ]


def _line(measured: str, held: int, tried: int, remark: str = "") -> Finding:
    return all_of("postgresql", measured, held, tried, remark)


@asynccontextmanager
async def _household(settings: Settings) -> AsyncIterator[Household]:
    with TemporaryDirectory(prefix="gql-users-") as folder:
        # In production a start neither migrates nor makes an admin, and the two need not wait for each other.
        commands = Commands(Path(folder), {"database_url": settings.database, "secret": SECRET, "env": "production"})
        async with (
            commands.serving() as one,
            commands.serving() as other,
            httpx.AsyncClient(base_url=one.url, timeout=60, limits=EVERYBODY_AT_ONCE) as at_one,
            httpx.AsyncClient(base_url=other.url, timeout=60, limits=EVERYBODY_AT_ONCE) as at_other,
            a_client(
                HERE / "verified.mjs", ISSUER=settings.public_url, KEYS=f"{other.url}/.well-known/jwks.json"
            ) as elsewhere,
        ):
            yield Household((Door(at_one), Door(at_other)), commands, elsewhere)


async def _rotations(home: Household, load: Load) -> None:
    for _ in range(ROTATIONS):
        await asyncio.sleep(BETWEEN_ROTATIONS_S)
        ran = await home.commands.run("keys", "rotate")
        load.rotations[DONE if ran.returncode == 0 else ran.stderr.strip()] += 1
    await asyncio.sleep(BETWEEN_ROTATIONS_S)
    load.is_over = True


async def _watched(home: Household, load: Load) -> Elsewhere:
    """The newest token and each of the older ones in turn, again and again."""
    seen, number = Elsewhere(), 0
    while not load.is_over:
        for token in (load.access_tokens[-1], load.access_tokens[number % len(load.access_tokens)]):
            await _show(home.elsewhere, token, seen)
        number += 1
        await asyncio.sleep(0.05)
    return seen


async def _show(elsewhere: Client, token: str, seen: Elsewhere) -> None:
    answer = await elsewhere.answer("verified", token)
    seen.shown += 1
    seen.verified += "value" in answer
    if "error" in answer:
        seen.refused[str(answer["error"])] += 1


async def _coming_and_going(home: Household, load: Load) -> None:
    """Requests that begin when their time has come, whether or not those before are answered."""
    deeds, doors, free, started = cycle(MIX), cycle(home.doors), asyncio.Semaphore(AT_ONCE), time.perf_counter()

    async def one(number: int) -> None:
        began = time.perf_counter()
        await _one_request(next(deeds), next(doors), load, number)
        load.slowest = max(load.slowest, time.perf_counter() - began)
        free.release()

    async with asyncio.TaskGroup() as tasks:
        for number in count():
            await asyncio.sleep(max(0.0, started + number / A_SECOND - time.perf_counter()))
            await free.acquire()
            if load.is_over:
                break
            tasks.create_task(one(number))
    load.seconds = time.perf_counter() - started


async def _one_request(deed: str, door: Door, load: Load, number: int) -> None:
    try:
        if deed == "me":
            await door.showing(load.access_tokens[number * 7 % len(load.access_tokens)]).ask("{ me { id } }")
        elif deed == "login":
            login = {"email": load.people[number % PEOPLE].email, "password": PASSWORD}
            load.access_tokens.append((await door.done("login", login, TOKENS))["tokens"]["accessToken"])
        else:
            tokens = (await door.done("refresh", {"refreshToken": load.refresh_tokens.popleft()}, TOKENS))["tokens"]
            load.refresh_tokens.append(tokens["refreshToken"])
            load.access_tokens.append(tokens["accessToken"])
    except Exception as failure:
        load.failures[f"{deed}: {failure!r}"[:200]] += 1
    load.outcomes[deed] += 1


async def _is_good(door: Door, token: str) -> bool:
    answer = await door.showing(token).answer("{ me { id } }")
    return (answer.json().get("data") or {}).get("me") is not None
