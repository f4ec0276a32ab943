"""Relay's compiler accepts the schema and the documents of its hooks, and what it makes of them is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clients.node import Client, a_client, copied, needs_packages, run
from tests.door import PASSWORD, Door, Person, SettableClock

pytestmark = needs_packages


@pytest.fixture
async def compiled(tmp_path: Path) -> Path:
    """The folder with what the compiler made."""
    folder = copied("relay", tmp_path)
    code, written = await run("relay-compiler", folder=folder)
    assert code == 0, written
    return folder


@pytest.fixture
async def frontend(compiled: Path, door: Door, an_admin: Person) -> AsyncIterator[Client]:
    """A frontend where the admin has signed in."""
    async with a_client(compiled / "deeds.mjs", API=f"{door.http.base_url}/graphql") as it:
        await it.call("signIn", an_admin.email, PASSWORD)
        yield it


async def test_pages_of_a_list_are_put_together_by_relay(frontend: Client, door: Door) -> None:
    for number in range(5):
        await door.register(f"member-{number}@example.com", name=f"Member {number}")

    names = await frontend.call("everybody", 2)

    assert sorted(names) == ["Ada Admin", *(f"Member {number}" for number in range(5))]


async def test_pages_inside_of_somebody_are_fetched_by_their_node(
    frontend: Client, door: Door, an_admin: Person
) -> None:
    await door.done("login", {"email": an_admin.email, "password": PASSWORD})

    sessions = await frontend.call("sessions", an_admin.id, 1)

    assert len(set(sessions)) == 3


async def test_an_old_token_is_exchanged_on_the_way(frontend: Client, clock: SettableClock) -> None:
    clock.advance(timedelta(hours=1))

    assert await frontend.call("everybody", 2) == ["Ada Admin"]
