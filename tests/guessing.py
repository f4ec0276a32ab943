"""Somebody who guesses passwords, from this network or another, and what the service writes down about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from sqlalchemy import select

from gql_users.access import Client
from gql_users.models import Attempt
from gql_users.repositories.database import connect
from gql_users.security.keys import derive
from gql_users.security.throttle import Names
from gql_users.services import Services
from gql_users.settings import Settings
from tests.door import Door

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"

EVENTS = """query ($kinds: [EventKind!]) {
  events(first: 100, filter: {kinds: $kinds}) {
    totalCount nodes { kind user { id } actor { id } ipAddress details }
  }
}"""


@asynccontextmanager
async def from_another_network(door: Door) -> AsyncIterator[Door]:
    """The same door, for somebody at another address."""
    transport = httpx.AsyncHTTPTransport(local_address=ELSEWHERE)
    async with httpx.AsyncClient(transport=transport, base_url=door.http.base_url, timeout=60) as http:
        yield Door(http, door.token)


async def guess(door: Door, times: int = 1, **identifier: str) -> list[str]:
    """What becomes of so many wrong passwords, one after the other."""
    said = {**identifier, "password": "wrong"}
    return [(await door.codes("login", said))[0][0] for _ in range(times)]


async def wait_for(door: Door, mutation: str, input: dict[str, Any]) -> int:
    """The seconds that somebody is told to wait who comes too early."""
    select = "errors { code path ... on RateLimitedError { retryAfterSeconds } }"
    kind = mutation[0].upper() + mutation[1:] + "Input"
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {select} }} }}"
    (error,) = (await door.ask(query, input=input))[mutation]["errors"]
    assert (error["code"], error["path"]) == ("RATE_LIMITED", None)
    seconds: int = error["retryAfterSeconds"]
    return seconds


async def counted(settings: Settings) -> list[tuple[str, int, int]]:
    """What stands written against accounts and networks: how many attempts failed, and how many are under way.

    Registrations are counted whatever comes of them; they are left out.
    """
    registrations = Names(derive(settings.installation_secret(), "attempts")).account("registrations")
    engine = connect(settings)
    try:
        async with engine.connect() as connection:
            attempts = select(Attempt.account, Attempt.failed, Attempt.pending)
            rows = await connection.execute(attempts.where(Attempt.account != registrations))
            kept = [("account" if row.account else "network", row.failed, row.pending) for row in rows]
    finally:
        await engine.dispose()
    return sorted(row for row in kept if row[1:] != (0, 0))


async def told(as_admin: Door, *kinds: str) -> list[Any]:
    """The events of these kinds, or of all, the newest first."""
    page = (await as_admin.ask(EVENTS, kinds=kinds or None))["events"]
    assert page["totalCount"] == len(page["nodes"]), "there are more than one page shows"
    nodes: list[Any] = page["nodes"]
    return nodes


async def registered_from_here(services: Services, times: int) -> None:
    """So many have registered from this network."""
    for _ in range(times):
        await services.registration.spacing.count_registration(Client(ip_address=HERE))
