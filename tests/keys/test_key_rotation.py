"""Facts about replacing the keys that sign access tokens: nobody notices, and what is retired is forgotten in time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gql_users.access import OPERATOR
from gql_users.errors import Forbidden
from tests.door import Door, Person, SettableClock
from tests.forging import Mint, by
from tests.replicas import Open, Replica, header_of

VERIFIED_FOR = timedelta(minutes=20)
INVALID = {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def long_lived(replica: Replica, person: Person) -> str:
    """A token of this person that is good ten minutes later than others, signed with the key that signs now."""
    key = await replica.services.signing_keys.active()
    mint = Mint.like(person.access_token, by("ES256", key.private))
    return mint.with_claims(iat=int(mint.claims["iat"]) + 600, exp=int(mint.claims["exp"]) + 600)


async def test_the_next_key_is_published_before_it_signs_and_signs_after_a_rotation(one: Replica) -> None:
    before = await one.keys()
    (active,) = (kid for kid, state in before.items() if state == "active")
    (following,) = (kid for kid, state in before.items() if state == "next")
    assert {active, following} == set(await one.published())

    rotated = await one.rotate()

    after = await one.keys()
    assert (rotated, after[following], after[active]) == (following, "active", "retired")
    assert sorted(after.values()) == ["active", "next", "retired"]
    assert header_of((await one.door.register("ann@example.com")).access_token)["kid"] == following


async def test_what_a_retired_key_signed_is_good_for_twenty_minutes_and_then_never_again(
    opened: Open, one: Replica, clock: SettableClock
) -> None:
    person = await one.door.register("ann@example.com")
    old, token = header_of(person.access_token)["kid"], await long_lived(one, person)
    await one.rotate()

    clock.advance(VERIFIED_FOR - timedelta(seconds=1))
    in_time = await opened()
    assert await in_time.whose(token) == person.id
    assert old in await in_time.published()

    clock.advance(timedelta(seconds=1))
    too_late = await opened()
    assert (await too_late.door.showing(token).refused("{ me { id } }"))["extensions"] == INVALID
    assert old not in await too_late.published()


async def test_a_token_of_a_key_that_a_replica_never_saw_is_good_at_once(one: Replica, other: Replica) -> None:
    seen = await other.published()
    for _ in range(2):
        await one.rotate()

    person = await one.door.register("ann@example.com")

    assert header_of(person.access_token)["kid"] not in seen
    assert await other.whose(person.access_token) == person.id


async def test_another_algorithm_is_published_by_the_next_rotation_and_signs_after_the_one_behind_it(
    opened: Open,
) -> None:
    before = await (await opened()).door.register("ann@example.com")
    changed = await opened(signing_algorithm="EdDSA")
    not_yet = await changed.door.register("ben@example.com")

    await changed.rotate()
    published = (await changed.door.http.get("/.well-known/openid-configuration")).json()
    rotated = await changed.rotate()

    after = await changed.door.register("cem@example.com")
    headers = [header_of(person.access_token) for person in (before, not_yet, after)]
    assert [header["alg"] for header in headers] == ["ES256", "ES256", "EdDSA"]
    assert headers[2]["kid"] == rotated
    assert await changed.whose(before.access_token) == before.id
    assert sorted((await changed.keys()).values()) == ["active", "next", "retired", "retired"]
    assert published["id_token_signing_alg_values_supported"] == ["ES256", "EdDSA"]


async def test_a_rotation_is_an_event_of_nobodys_that_names_the_key(
    door: Door, as_admin: Door, one: Replica, a_member: Person
) -> None:
    first = header_of(a_member.access_token)["kid"]

    rotated = await one.rotate()

    query = "{ events(filter: {kinds: [KEY_ROTATED]}) { nodes { kind details actor { id } user { id } } } }"
    told = (await as_admin.ask(query))["events"]["nodes"]
    of_nobody = {"kind": "KEY_ROTATED", "actor": None, "user": None}
    assert told == [{**of_nobody, "details": {"kid": rotated}}, {**of_nobody, "details": {"kid": first}}]


async def test_rotations_at_once_leave_one_key_that_signs_and_one_that_follows(one: Replica, other: Replica) -> None:
    await asyncio.gather(one.rotate(), other.rotate())

    states = sorted((await one.keys()).values())
    assert states[:2] == ["active", "next"]
    assert set(states[2:]) == {"retired"}


async def test_no_admin_rotates_keys_but_who_runs_the_service(one: Replica, an_admin: Person) -> None:
    actor = await one.services.recognition.recognise(an_admin.access_token, OPERATOR.client)
    assert actor.is_admin

    with pytest.raises(Forbidden):
        await one.services.signing_keys.rotate(actor)
    with pytest.raises(Forbidden):
        await one.services.signing_keys.list(actor)
