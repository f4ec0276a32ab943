"""Facts about signing out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.door import PASSWORD, Door, Person, SettableClock
from tests.postbox import Post
from tests.ways import GONE, MOVING, RESETTING

TOLD = """query ($kind: EventKind!, $user: ID!) {
    events(filter: {kinds: [$kind], userId: $user}) { nodes { user { id } actor { id } details } }
}"""


@dataclass(frozen=True)
class Device:
    """A place where somebody is signed in."""

    access_token: str
    refresh_token: str


async def signed_in(door: Door, person: Person) -> Device:
    """Another session of the person."""
    select = "tokens { accessToken refreshToken }"
    payload = await door.done("login", {"email": person.email, "password": PASSWORD}, select)
    return Device(payload["tokens"]["accessToken"], payload["tokens"]["refreshToken"])


async def refreshed(door: Door, device: Device) -> Device:
    """The device after an exchange of its refresh token."""
    select = "tokens { accessToken refreshToken }"
    payload = await door.done("refresh", {"refreshToken": device.refresh_token}, select)
    return Device(payload["tokens"]["accessToken"], payload["tokens"]["refreshToken"])


async def is_signed_in(door: Door, device: Device | Person) -> bool:
    """Whether the session of these tokens goes on, by both of them."""
    by_access = "errors" not in (await door.showing(device.access_token).answer("{ me { id } }")).json()
    by_refresh = await door.codes("refresh", {"refreshToken": device.refresh_token}) == []
    assert by_access == by_refresh
    return by_access


async def told(as_admin: Door, kind: str, person: Person) -> Any:
    """What the events of this kind about the person say."""
    return (await as_admin.ask(TOLD, kind=kind, user=person.id))["events"]["nodes"]


@pytest.fixture
async def phone(door: Door, a_member: Person) -> Device:
    return await signed_in(door, a_member)


@pytest.fixture
async def laptop(door: Door, a_member: Person) -> Device:
    return await signed_in(door, a_member)


async def test_signing_out_ends_the_session_of_the_token_alone(door: Door, phone: Device, laptop: Device) -> None:
    await door.done("logout", {"refreshToken": phone.refresh_token})

    assert not await is_signed_in(door, phone)
    assert await door.codes("refresh", {"refreshToken": phone.refresh_token}) == [("TOKEN_INVALID", None)]
    assert await is_signed_in(door, laptop)


async def test_signing_out_others_keeps_the_session_of_the_token(
    door: Door, a_member: Person, another_member: Person, phone: Device, laptop: Device
) -> None:
    await door.done("logout", {"refreshToken": phone.refresh_token, "scope": "OTHERS"})

    assert await is_signed_in(door, phone)
    assert not await is_signed_in(door, laptop)
    assert not await is_signed_in(door, a_member)
    assert await is_signed_in(door, another_member)


async def test_signing_out_everywhere_ends_every_session_of_the_person(
    door: Door, a_member: Person, another_member: Person, phone: Device, laptop: Device
) -> None:
    await door.done("logout", {"refreshToken": phone.refresh_token, "scope": "ALL"})

    for device in (a_member, phone, laptop):
        assert not await is_signed_in(door, device)
    assert await is_signed_in(door, another_member)


@pytest.mark.parametrize("is_sent", [True, False])
async def test_signing_out_everywhere_ends_a_move_to_another_address_that_waits(
    door: Door, post: Post, a_member: Person, phone: Device, is_sent: bool
) -> None:
    await post.arrived()
    await door.done("requestPasswordReset", {"email": a_member.email})
    reset = await post.only()
    await MOVING.ask(door, a_member)
    sent = await post.arrived() if is_sent else []

    await door.done("logout", {"refreshToken": phone.refresh_token, "scope": "ALL"})

    assert [await MOVING.by_token(door, mail.token) for mail in sent] == [GONE] * is_sent
    assert await post.arrived() == []
    assert await RESETTING.by_token(door, reset.token) == []


@pytest.mark.parametrize("scope", ["CURRENT", "OTHERS"])
async def test_signing_out_of_less_leaves_a_move_to_another_address(
    door: Door, post: Post, a_member: Person, phone: Device, scope: str
) -> None:
    mail = await MOVING.letter(door, post, a_member)

    await door.done("logout", {"refreshToken": phone.refresh_token, "scope": scope})

    assert await MOVING.by_token(door, mail.token) == []


async def test_a_move_that_is_asked_for_beside_signing_out_everywhere_never_outlives_it(
    door: Door, post: Post, a_member: Person, phone: Device
) -> None:
    await post.arrived()
    asking = "mutation ($input: RequestEmailChangeInput!) { requestEmailChange(input: $input) { errors { code } } }"
    moves = [{"newEmail": f"thief-{each}@example.org", "currentPassword": PASSWORD} for each in range(5)]

    await asyncio.gather(
        door.done("logout", {"refreshToken": phone.refresh_token, "scope": "ALL"}),
        *(door.as_(a_member).answer(asking, {"input": move}) for move in moves),
    )

    assert await post.arrived() == []


async def test_signing_out_twice_is_the_same_as_once(door: Door, phone: Device, laptop: Device) -> None:
    for _ in range(2):
        await door.done("logout", {"refreshToken": phone.refresh_token, "scope": "CURRENT"})

    assert not await is_signed_in(door, phone)
    assert await is_signed_in(door, laptop)


async def test_a_session_that_is_over_ends_no_others(door: Door, phone: Device, laptop: Device) -> None:
    await door.done("logout", {"refreshToken": phone.refresh_token})

    for scope in ("OTHERS", "ALL"):
        codes = await door.codes("logout", {"refreshToken": phone.refresh_token, "scope": scope})
        assert codes == [("TOKEN_INVALID", None)]
    assert await is_signed_in(door, laptop)


async def test_an_exchanged_token_still_ends_its_own_session(
    door: Door, phone: Device, laptop: Device, clock: SettableClock
) -> None:
    later = await refreshed(door, phone)
    clock.advance(timedelta(minutes=1))

    await door.done("logout", {"refreshToken": phone.refresh_token})

    assert not await is_signed_in(door, later)
    assert await is_signed_in(door, laptop)


@pytest.mark.parametrize("scope", ["OTHERS", "ALL"])
async def test_an_exchanged_token_ends_its_own_session_and_no_others(
    door: Door, phone: Device, laptop: Device, clock: SettableClock, scope: str
) -> None:
    later = await refreshed(door, phone)
    clock.advance(timedelta(seconds=10, milliseconds=1))

    codes = await door.codes("logout", {"refreshToken": phone.refresh_token, "scope": scope})

    assert codes == [("TOKEN_REUSED", None)]
    assert not await is_signed_in(door, later)
    assert await is_signed_in(door, laptop)


async def test_a_token_whose_successor_was_lost_ends_other_sessions_for_ten_seconds(
    door: Door, phone: Device, laptop: Device, clock: SettableClock
) -> None:
    later = await refreshed(door, phone)
    clock.advance(timedelta(seconds=10))

    await door.done("logout", {"refreshToken": phone.refresh_token, "scope": "OTHERS"})

    assert await is_signed_in(door, later)
    assert not await is_signed_in(door, laptop)


@pytest.mark.parametrize("scope", ["CURRENT", "OTHERS", "ALL"])
async def test_a_sign_out_is_told_once_with_its_scope(
    door: Door, as_admin: Door, a_member: Person, phone: Device, laptop: Device, scope: str
) -> None:
    for _ in range(2):
        await door.codes("logout", {"refreshToken": phone.refresh_token, "scope": scope})

    by_themselves = {"user": {"id": a_member.id}, "actor": {"id": a_member.id}, "details": {"scope": scope}}
    # Others can be ended again and again by a session that goes on, and every time is a deed.
    assert await told(as_admin, "SIGNED_OUT", a_member) == [by_themselves] * (2 if scope == "OTHERS" else 1)


async def test_an_exchanged_token_that_comes_back_to_sign_out_is_told_once(
    door: Door, as_admin: Door, a_member: Person, phone: Device, clock: SettableClock
) -> None:
    await refreshed(door, phone)
    clock.advance(timedelta(minutes=1))

    for _ in range(2):
        await door.codes("logout", {"refreshToken": phone.refresh_token, "scope": "ALL"})

    (event,) = await told(as_admin, "TOKEN_REUSED", a_member)
    assert (event["user"], event["actor"], [*event["details"]]) == ({"id": a_member.id}, None, ["sessionId"])
    assert await told(as_admin, "SIGNED_OUT", a_member) == []


async def test_only_a_refresh_token_that_is_still_good_signs_out(
    door: Door, phone: Device, clock: SettableClock
) -> None:
    for scope in ("CURRENT", "OTHERS", "ALL"):
        for nonsense in ("", "nonsense", "\x00", phone.access_token, phone.refresh_token + "A"):
            codes = await door.codes("logout", {"refreshToken": nonsense, "scope": scope})
            assert codes == [("TOKEN_INVALID", None)]
    assert await is_signed_in(door, phone)

    clock.advance(timedelta(days=14))

    for scope in ("CURRENT", "OTHERS", "ALL"):
        codes = await door.codes("logout", {"refreshToken": phone.refresh_token, "scope": scope})
        assert codes == [("TOKEN_EXPIRED", None)]


async def test_there_are_no_other_scopes(door: Door, phone: Device) -> None:
    for scope in ("EVERYBODY", "current", 5, None):
        error = await door.refused(
            "mutation ($input: LogoutInput!) { logout(input: $input) { errors { code } } }",
            input={"refreshToken": phone.refresh_token, "scope": scope},
        )
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert await is_signed_in(door, phone)
