"""Two hundred who follow changes hear at one process of what another does, and none of them longer than they may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import quantiles

from websockets.exceptions import ConnectionClosed

from gql_users.access import OPERATOR
from gql_users.services.accounts import Profile
from proofs.findings import Finding, all_of, at_most
from proofs.refresh_races import two_processes
from proofs.stage import KINDS, Service, Stage, an_administered_service
from tests.door import PASSWORD, Door
from tests.following import Socket, a_socket

SUBSCRIBERS = 200
# One account may have forty connections and streams.
ADMINS = 20
CHANGES = 100
BETWEEN_S = 0.1
ENDINGS = 20
WITHIN_S = 1.0
# A client of this protocol hears nothing of a subscription that has begun.
TO_BEGIN_S = 3.0
NAMES = "subscription { userChanged(kinds: [UPDATED]) { kind user { name } } }"
CURRENT = "{ me { sessions { nodes { id isCurrent } } } }"


async def prove(stage: Stage) -> list[Finding]:
    """Changes names at one process, and ends sessions there, while others follow at the other one."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with stage.fresh(kind) as settings, two_processes(settings) as (here, there):
            async with an_administered_service(settings) as service:
                admins = [
                    service.as_admin.token,
                    *[await _another_admin(service, number) for number in range(1, ADMINS)],
                ]
            findings += await _told(kind, [here.showing(token) for token in admins], there)
            findings += await _ended(kind, here, there.showing(admins[0]))
    return findings


async def _another_admin(service: Service, number: int) -> str:
    email = f"admin{number}@example.com"
    await service.services.administration.create(OPERATOR, email, Profile(), password=PASSWORD, is_admin=True)
    login = {"email": email, "password": PASSWORD}
    return str((await service.door.done("login", login, "tokens { accessToken }"))["tokens"]["accessToken"])


async def _told(kind: str, as_admins: Sequence[Door], there: Door) -> list[Finding]:
    person = await there.register("ann@example.com")
    sent: list[float] = []
    async with _subscribers([*as_admins] * (SUBSCRIBERS // ADMINS)) as sockets:
        hearing = [asyncio.create_task(_heard(socket)) for socket in sockets]
        for number in range(CHANGES):
            sent.append(time.perf_counter())
            await there.as_(person).done("patchUser", {"id": person.id, "name": f"Name {number}"})
            await asyncio.sleep(BETWEEN_S)
        heard = await asyncio.gather(*hearing)
    delays = [at - sent[number] for each in heard for number, at in enumerate(each)]
    percentiles = quantiles(delays, n=100)
    what = f"from sending a change to one of {SUBSCRIBERS} at the other process hearing of it"
    return [
        all_of(kind, "changes told, to every subscriber", len(delays), SUBSCRIBERS * CHANGES),
        Finding(kind, f"{what}: median", f"{percentiles[49] * 1000:.0f} ms"),
        at_most(kind, "… 99 of 100 within", percentiles[98], WITHIN_S, "s", f"the slowest {max(delays):.2f} s"),
    ]


async def _heard(socket: Socket) -> list[float]:
    """When each change came, in the order in which they were made."""
    came = []
    for _ in range(CHANGES):
        assert (await socket.hear())["type"] == "next"
        came.append(time.perf_counter())
    return came


async def _ended(kind: str, here: Door, as_admin: Door) -> list[Finding]:
    """How long streams outlive their sessions, which are revoked at the other process."""
    slowest, closed = 0.0, 0
    for number in range(ENDINGS):
        person = await here.register(f"ending-{number}@example.com")
        login = {"email": person.email, "password": PASSWORD}
        token = (await here.done("login", login, "tokens { accessToken }"))["tokens"]["accessToken"]
        sessions = (await here.showing(token).ask(CURRENT))["me"]["sessions"]["nodes"]
        session = next(each["id"] for each in sessions if each["isCurrent"])
        async with _subscribers([here.showing(token)]) as (socket,):
            started = time.perf_counter()
            await as_admin.done("revokeSession", {"id": session})
            closed += await _code(socket) == 4403
            slowest = max(slowest, time.perf_counter() - started)
    return [
        all_of(kind, "streams of a session that is revoked at the other process: closed with 4403", closed, ENDINGS),
        at_most(kind, "… the longest until then, from asking for it", slowest, WITHIN_S, "s", f"{ENDINGS} times"),
    ]


async def _code(socket: Socket) -> int:
    try:
        return int((await socket.hear())["id"])
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd is not None else 0


@asynccontextmanager
async def _subscribers(doors: Sequence[Door]) -> AsyncIterator[Sequence[Socket]]:
    """A connection through each of the doors, with a stream that has begun."""
    async with AsyncExitStack() as stack:
        sockets = []
        for door in doors:
            socket = await stack.enter_async_context(a_socket(door))
            sockets.append(socket)
            assert await socket.begin(door.token) == {"type": "connection_ack"}
            await socket.subscribe(query=NAMES)
        await asyncio.sleep(TO_BEGIN_S)
        yield sockets
