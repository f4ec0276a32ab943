"""A frontend does its deeds by Apollo Client and by urql: the same deeds, each the way its library means it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.clients.node import HERE, Client, a_client, needs_packages
from tests.door import PASSWORD, Door, Person, SettableClock

pytestmark = needs_packages

LIBRARIES = ("apollo", "urql")


@pytest.fixture(params=LIBRARIES)
async def frontend(request: pytest.FixtureRequest, door: Door) -> AsyncIterator[Client]:
    """A frontend by each library, where nobody has signed in."""
    async with a_client(HERE / "deeds.mjs", CLIENT=f"./{request.param}.mjs", API=f"{door.http.base_url}/graphql") as it:
        yield it


@pytest.fixture
async def admins_frontend(frontend: Client, an_admin: Person) -> Client:
    """The same once the admin has signed in."""
    await frontend.call("signIn", an_admin.email, PASSWORD)
    return frontend


@pytest.fixture
async def everybody(door: Door, an_admin: Person) -> list[str]:
    """The names of seven people, in alphabetical order."""
    others = [f"Name {number}" for number in range(6)]
    for name in others:
        await door.register(f"{name.replace(' ', '.')}@example.com", name=name)
    return ["Ada Admin", *others]


async def test_a_wrong_password_is_told_and_a_right_one_signs_in(frontend: Client, a_member: Person) -> None:
    refused = await frontend.call("signIn", a_member.email, "wrong")
    anonymous = await frontend.call("me")
    signed_in = await frontend.call("signIn", a_member.email, PASSWORD)

    assert [error["code"] for error in refused["errors"]] == ["INVALID_CREDENTIALS"]
    assert anonymous is None
    assert (signed_in["user"]["id"], signed_in["errors"]) == (a_member.id, [])


async def test_what_a_mutation_changed_is_shown_by_the_query_that_was_asked_before(
    admins_frontend: Client, an_admin: Person
) -> None:
    before = await admins_frontend.call("me")
    payload = await admins_frontend.call("rename", an_admin.id, "Ada Lovelace")
    after = await admins_frontend.call("me")

    assert before["name"] == "Ada Admin"
    assert payload["errors"] == []
    assert after["name"] == "Ada Lovelace"


async def test_pages_are_fetched_one_after_another_until_there_are_no_more(
    admins_frontend: Client, everybody: list[str]
) -> None:
    found = await admins_frontend.call("everybody", 2)

    assert [user["name"] for user in found] == everybody


async def test_all_that_is_asked_at_once_with_an_old_token_is_answered_after_one_exchange(
    admins_frontend: Client, an_admin: Person, door: Door, clock: SettableClock
) -> None:
    clock.advance(timedelta(hours=1))

    answers = await admins_frontend.together(
        ("me",), ("everybody", 50), ("rename", an_admin.id, "Ada Lovelace"), ("everybody", 10)
    )

    assert [answer for answer in answers if "error" in answer] == []
    assert await exchanges(await anew(door, an_admin)) == 1


async def test_who_has_signed_out_is_nobody_and_their_session_is_over(
    frontend: Client, an_admin: Person, door: Door
) -> None:
    await frontend.call("signIn", an_admin.email, PASSWORD)
    before = await sessions(door.as_(an_admin))

    await frontend.call("signOut")

    assert await frontend.answer("rename", an_admin.id, "Nobody") == {"error": "UNAUTHENTICATED"}
    assert (before, await sessions(door.as_(an_admin))) == (2, 1)


async def test_when_the_session_is_over_the_frontend_is_told_and_asks_no_further(
    admins_frontend: Client, an_admin: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(days=365))

    answers = await admins_frontend.together(("everybody", 2), ("everybody", 3))
    requests = await admins_frontend.call("requests")

    assert answers == [{"error": "UNAUTHENTICATED"}] * 2
    # To sign in, to ask twice, to exchange the token, and to ask twice again.
    assert len(requests) == 6


async def test_a_change_comes_by_itself(admins_frontend: Client, an_admin: Person, as_admin: Door) -> None:
    await admins_frontend.call("watch")

    change = await the_first_change(admins_frontend, as_admin, an_admin)

    assert (change["kind"], change["userId"]) == ("UPDATED", an_admin.id)
    assert change["user"]["name"].startswith("Ada the")


async def test_a_change_comes_by_itself_to_who_begins_with_an_old_token(
    admins_frontend: Client, an_admin: Person, door: Door, clock: SettableClock
) -> None:
    clock.advance(timedelta(hours=1))
    admin = await anew(door, an_admin)
    await admins_frontend.call("watch")

    change = await the_first_change(admins_frontend, admin, an_admin)

    assert change["userId"] == an_admin.id
    assert await exchanges(admin) == 1


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_query_that_is_known_here_is_sent_as_its_hash(door: Door, library: str) -> None:
    module = {"CLIENT": f"./{library}-hashed.mjs", "API": f"{door.http.base_url}/graphql"}
    async with a_client(HERE / "deeds.mjs", **module) as first, a_client(HERE / "deeds.mjs", **module) as second:
        versions = [await first.call("version"), await second.call("version")]
        requests = [await first.call("requests"), await second.call("requests")]

    assert versions[0] == versions[1]
    hash_of = requests[0][0][1]
    assert requests == [[[False, hash_of], [True, hash_of]], [[False, hash_of]]]


async def anew(door: Door, person: Person) -> Door:
    """The door for somebody whose first token may have run out."""
    payload = await door.done("login", {"email": person.email, "password": PASSWORD}, "tokens { accessToken }")
    return door.showing(payload["tokens"]["accessToken"])


async def sessions(door: Door) -> int:
    """In how many places somebody is signed in."""
    return int((await door.ask("{ me { sessions { totalCount } } }"))["me"]["sessions"]["totalCount"])


async def exchanges(admin: Door) -> int:
    """How often tokens were exchanged."""
    found = await admin.ask("{ events(filter: {kinds: [REFRESHED]}) { totalCount } }")
    return int(found["events"]["totalCount"])


async def the_first_change(frontend: Client, door: Door, person: Person) -> Any:
    """The first that a frontend sees. It begins to watch at some time, so there are changes until then."""
    for number in range(100):
        await door.done("patchUser", {"id": person.id, "name": f"Ada the {number}th"})
        if changes := await frontend.call("changes"):
            return changes[0]
        await asyncio.sleep(0.1)
    raise AssertionError("no change was seen")
