"""Facts about taking another password."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.serving import serving

CHANGE = """mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { user { id } errors { code path message } }
}"""
NEW = "another horse battery"
SAID = {"currentPassword": PASSWORD, "newPassword": NEW}
WRONG = [("INVALID_CREDENTIALS", ["input", "currentPassword"])]


async def sign_in(door: Door, person: Person, password: str) -> Any:
    """The payload of a sign-in."""
    select = "tokens { accessToken refreshToken }"
    return await door.do("login", {"email": person.email, "password": password}, select)


async def test_the_new_password_is_good_and_the_old_is_not(
    door: Door, as_member: Door, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(minutes=10))

    payload = await as_member.done("changePassword", SAID, "user { id version updatedAt }")

    assert payload["user"] == {"id": a_member.id, "version": 2, "updatedAt": "2026-03-01T12:10:00Z"}
    assert (await sign_in(door, a_member, NEW))["errors"] == []
    assert (await sign_in(door, a_member, PASSWORD))["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_other_sessions_end_and_the_present_one_goes_on(
    door: Door, as_member: Door, a_member: Person, another_member: Person
) -> None:
    elsewhere = (await sign_in(door, a_member, PASSWORD))["tokens"]

    await as_member.done("changePassword", SAID)

    error = await door.showing(elsewhere["accessToken"]).refused("{ me { id } }")
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    assert await door.codes("refresh", {"refreshToken": elsewhere["refreshToken"]}) == [("TOKEN_INVALID", None)]
    assert await as_member.ask("{ me { id } }") == {"me": {"id": a_member.id}}
    for person in (a_member, another_member):
        assert await door.codes("refresh", {"refreshToken": person.refresh_token}) == []


async def test_the_current_password_is_wanted(door: Door, as_member: Door, a_member: Person) -> None:
    elsewhere = (await sign_in(door, a_member, PASSWORD))["tokens"]

    for wrong in ("", "wrong", PASSWORD + " ", PASSWORD.upper(), "\x00", "\ud800", "x" * 2000):
        assert await codes(as_member, currentPassword=wrong, newPassword=NEW) == WRONG

    assert await door.codes("refresh", {"refreshToken": elsewhere["refreshToken"]}) == []
    assert (await sign_in(door, a_member, PASSWORD))["errors"] == []


async def test_the_new_password_must_be_a_good_one(door: Door, as_member: Door, a_member: Person) -> None:
    for weak in ("", "short", "seven77", "aaaaaaaaaa", "GQL-Users", "Mia Member", "member@example.com"):
        assert await codes(as_member, currentPassword=PASSWORD, newPassword=weak) == [
            ("WEAK_PASSWORD", ["input", "newPassword"])
        ]
    for invalid in ("\ud800" * 10, "x1" * 512 + "x", "\u0958" * 513):
        assert await codes(as_member, currentPassword=PASSWORD, newPassword=invalid) == [
            ("INVALID", ["input", "newPassword"])
        ]
    assert (await sign_in(door, a_member, PASSWORD))["errors"] == []


async def test_any_characters_make_a_password_and_none_is_cut(door: Door, as_member: Door, a_member: Person) -> None:
    current = PASSWORD

    for chosen in ("nul\x00and more", "   spaces   ", "tab\tand\nline", "🐎🔋🖇✅🐎🔋🖇✅" * 128):
        assert await codes(as_member, currentPassword=current, newPassword=chosen) == []
        assert await codes(as_member, currentPassword=chosen[:-1], newPassword=NEW) == WRONG
        assert (await sign_in(door, a_member, chosen))["errors"] == []
        current = chosen


async def test_accents_are_the_same_however_they_are_typed(as_member: Door) -> None:
    composed, decomposed = "crème brûlée", "cre\u0300me bru\u0302le\u0301e"

    assert await codes(as_member, currentPassword=PASSWORD, newPassword=decomposed) == []
    assert await codes(as_member, currentPassword=composed, newPassword=NEW) == []


async def test_only_somebody_signed_in_has_a_password_to_change(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    stranger = await door.refused(CHANGE, input=SAID)
    clock.advance(timedelta(minutes=15))
    late = await door.as_(a_member).refused(CHANGE, input=SAID)

    assert stranger["extensions"] == {"code": "UNAUTHENTICATED"}
    assert late["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_EXPIRED"}
    assert (await sign_in(door, a_member, PASSWORD))["errors"] == []


async def test_nobody_changes_somebody_elses_password(as_admin: Door, a_member: Person) -> None:
    error = await as_admin.refused(CHANGE, input={**SAID, "id": a_member.id})

    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_of_two_changes_at_once_one_is_done(door: Door, as_member: Door, a_member: Person) -> None:
    chosen = [f"battery horse {number}" for number in range(5)]

    outcomes = await asyncio.gather(
        *(codes(as_member, currentPassword=PASSWORD, newPassword=password) for password in chosen)
    )

    assert sorted(outcomes) == [[], WRONG, WRONG, WRONG, WRONG]
    assert (await sign_in(door, a_member, chosen[outcomes.index([])]))["errors"] == []


async def test_a_sign_in_that_renews_the_hash_meanwhile_is_no_reason_to_refuse(
    door: Door, make_settings: MakeSettings, clock: SettableClock
) -> None:
    people = [await door.register(f"{number}@example.com") for number in range(5)]
    stricter = create_app(make_settings(argon2_iterations=3), clock=clock)

    async with serving(stricter) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        for person in people:
            signing_in = asyncio.create_task(sign_in(Door(http), person, PASSWORD))
            assert await codes(Door(http).as_(person), **SAID) == []
            await signing_in


async def codes(door: Door, **input: str) -> list[tuple[str, list[str] | None]]:
    """Why a change is refused."""
    return await door.codes("changePassword", input)
