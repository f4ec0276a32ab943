"""Facts about ending a session from afar."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gql_users.graphql.ids import global_id
from tests.door import PASSWORD, Door, Person, SettableClock

REVOKE = "mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { sessionId errors { code } } }"
CURRENT = "{ me { sessions { nodes { id isCurrent } } } }"
TOLD = """query ($kind: EventKind!, $user: ID!) {
    events(filter: {kinds: [$kind], userId: $user}) { nodes { actor { id } user { id } details } }
}"""

OVER = {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
INVALID = [("TOKEN_INVALID", None)]


async def signed_in(door: Door, person: Person) -> Person:
    """The person, with the tokens of another session."""
    login = {"email": person.email, "password": PASSWORD}
    tokens = (await door.done("login", login, "tokens { accessToken refreshToken }"))["tokens"]
    return replace(person, access_token=tokens["accessToken"], refresh_token=tokens["refreshToken"])


async def session_of(door: Door, person: Person) -> str:
    """The id of the session of these tokens."""
    nodes = (await door.as_(person).ask(CURRENT))["me"]["sessions"]["nodes"]
    (current,) = [node["id"] for node in nodes if node["isCurrent"]]
    return str(current)


async def is_signed_in(door: Door, person: Person) -> bool:
    """Whether the session of these tokens goes on, by both of them."""
    by_access = "errors" not in (await door.as_(person).answer("{ me { id } }")).json()
    by_refresh = await door.codes("refresh", {"refreshToken": person.refresh_token}) == []
    assert by_access == by_refresh
    return by_access


async def told(as_admin: Door, kind: str, person: Person) -> Any:
    """What the events of this kind about the person say."""
    return (await as_admin.ask(TOLD, kind=kind, user=person.id))["events"]["nodes"]


@pytest.fixture
async def lost_phone(door: Door, a_member: Person) -> Person:
    return await signed_in(door, a_member)


async def test_a_session_that_is_ended_is_over_for_both_of_its_tokens(
    door: Door, as_member: Door, a_member: Person, lost_phone: Person
) -> None:
    lost = await session_of(door, lost_phone)

    payload = await as_member.done("revokeSession", {"id": lost}, "sessionId")

    assert payload["sessionId"] == lost
    error = await door.as_(lost_phone).refused("{ me { id } }")
    assert error["extensions"] == OVER
    assert await door.codes("refresh", {"refreshToken": lost_phone.refresh_token}) == INVALID
    assert await is_signed_in(door, a_member)


async def test_members_may_end_the_very_session_they_ask_from(
    door: Door, as_member: Door, a_member: Person, lost_phone: Person
) -> None:
    await as_member.done("revokeSession", {"id": await session_of(door, a_member)})

    assert not await is_signed_in(door, a_member)
    assert await is_signed_in(door, lost_phone)


async def test_an_admin_ends_anybodys(
    door: Door, as_admin: Door, an_admin: Person, a_member: Person, lost_phone: Person
) -> None:
    lost = await session_of(door, lost_phone)

    payload = await as_admin.done("revokeSession", {"id": lost}, "sessionId")

    assert payload["sessionId"] == lost
    assert not await is_signed_in(door, lost_phone)
    for other in (a_member, an_admin):
        assert await is_signed_in(door, other)


async def test_somebody_elses_session_looks_like_none(
    door: Door, as_member: Door, an_admin: Person, another_member: Person
) -> None:
    nobodys = await as_member.answer(REVOKE, {"input": {"id": global_id("Session", UUID(int=1))}})

    for other in (another_member, an_admin):
        somebodys = await as_member.answer(REVOKE, {"input": {"id": await session_of(door, other)}})
        assert somebodys.content == nobodys.content
        assert await is_signed_in(door, other)
    assert nobodys.json()["data"]["revokeSession"] == {"sessionId": None, "errors": [{"code": "NOT_FOUND"}]}


async def test_what_is_no_sessions_id_is_not_found(
    door: Door, as_admin: Door, as_member: Door, a_member: Person, lost_phone: Person
) -> None:
    lost = await session_of(door, lost_phone)
    nobodys = (await as_member.answer(REVOKE, {"input": {"id": global_id("Session", UUID(int=1))}})).content
    odd = ["", " ", "=", "nonsense", "\0", "é", "\ud800", "x" * 10_000, lost + "=", f" {lost}", a_member.id]
    odd += [global_id("Session", key) for key in ("", 1, UUID(int=0), "0" * 32, "g" * 36)]
    odd += [global_id("Event", UUID(int=1)), global_id("session", UUID(int=1))]

    for each in odd:
        for door_of_somebody in (as_member, as_admin):
            answer = await door_of_somebody.answer(REVOKE, {"input": {"id": each}})
            assert answer.content == nobodys, each[:60]
    assert await is_signed_in(door, lost_phone)


async def test_strangers_are_asked_to_sign_in(door: Door, lost_phone: Person) -> None:
    lost = await session_of(door, lost_phone)

    for each in (lost, global_id("Session", UUID(int=1)), "nonsense"):
        error = await door.refused(REVOKE, input={"id": each})
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}, each
    assert await is_signed_in(door, lost_phone)


async def test_a_session_that_is_over_ends_none(
    door: Door, as_member: Door, a_member: Person, lost_phone: Person
) -> None:
    lost, mine = await session_of(door, lost_phone), await session_of(door, a_member)
    await as_member.done("revokeSession", {"id": lost})

    error = await door.as_(lost_phone).refused(REVOKE, input={"id": mine})

    assert error["extensions"] == OVER
    assert await is_signed_in(door, a_member)


async def test_ending_twice_is_the_same_as_once_and_told_once(
    door: Door, as_admin: Door, as_member: Door, a_member: Person, lost_phone: Person, clock: SettableClock
) -> None:
    lost = await session_of(door, lost_phone)

    once = await as_member.answer(REVOKE, {"input": {"id": lost}})
    clock.advance(timedelta(minutes=1))
    for someone in (as_member, as_admin):
        assert (await someone.answer(REVOKE, {"input": {"id": lost}})).content == once.content

    (event,) = await told(as_admin, "SESSION_REVOKED", a_member)
    assert (event["actor"], event["user"]) == ({"id": a_member.id}, {"id": a_member.id})
    assert event["details"]["sessionId"] == lost


async def test_a_session_that_was_signed_out_is_not_ended_again(
    door: Door, as_admin: Door, as_member: Door, a_member: Person, lost_phone: Person
) -> None:
    lost = await session_of(door, lost_phone)
    await door.done("logout", {"refreshToken": lost_phone.refresh_token})

    assert await as_member.codes("revokeSession", {"id": lost}) == []

    assert await told(as_admin, "SESSION_REVOKED", a_member) == []


async def test_the_log_tells_an_admin_from_the_owner(
    door: Door, as_admin: Door, an_admin: Person, a_member: Person, lost_phone: Person
) -> None:
    await as_admin.done("revokeSession", {"id": await session_of(door, lost_phone)})

    (event,) = await told(as_admin, "SESSION_REVOKED", a_member)
    assert (event["actor"], event["user"]) == ({"id": an_admin.id}, {"id": a_member.id})
