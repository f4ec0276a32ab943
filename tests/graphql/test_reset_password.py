"""Facts about taking another password by a letter; `test_one_time.py` has what is so for every letter."""

from __future__ import annotations

from typing import Any

import pytest

from gql_users import Settings
from gql_users.models import OneTimeToken, Session
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.postbox import PASSWORD_CHANGED, Post, rows
from tests.ways import NEW_PASSWORD, RESETTING, another, sign_in

EVENTS = "query ($id: ID!) { user(by: {id: $id}) { events { nodes { kind user { id } actor { id } details } } } }"


async def test_the_new_password_is_good_and_the_old_is_not(door: Door, post: Post, a_member: Person) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    assert await RESETTING.by_token(door, mail.token) == []

    assert (await sign_in(door, a_member.email, NEW_PASSWORD))["errors"] == []
    assert (await sign_in(door, a_member.email, PASSWORD))["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_every_session_ends_and_none_begins(
    door: Door, post: Post, settings: Settings, a_member: Person, another_member: Person
) -> None:
    elsewhere = (await sign_in(door, a_member.email))["tokens"]
    mail = await RESETTING.letter(door, post, a_member)

    # Whoever is signed in and whoever resets need not be the same.
    assert await RESETTING.by_token(door.as_(a_member), mail.token) == []

    for access_token in (a_member.access_token, elsewhere["accessToken"]):
        error = await door.showing(access_token).refused("{ me { id } }")
        assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    for refresh_token in (a_member.refresh_token, elsewhere["refreshToken"]):
        assert await door.codes("refresh", {"refreshToken": refresh_token}) == [("TOKEN_INVALID", None)]
    live = [row.user_id for row in await rows(settings, Session) if row.revoked_at is None]
    assert live == [another_member.database_id]


async def test_whoever_resets_has_shown_that_the_address_is_theirs(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    await RESETTING.by_token(door, mail.token)

    assert (await sign_in(door, a_member.email, NEW_PASSWORD))["user"]["emailVerifiedAt"] == "2026-03-01T12:00:00Z"


async def test_an_address_stays_verified_since_when_it_was(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    (welcome,) = await post.arrived()
    await door.done("verifyEmail", {"token": welcome.token})
    clock.advance(RESETTING.lifetime)
    mail = await RESETTING.letter(door, post, a_member)

    await RESETTING.by_token(door, mail.token)

    assert (await sign_in(door, a_member.email, NEW_PASSWORD))["user"]["emailVerifiedAt"] == "2026-03-01T12:00:00Z"


async def test_the_owner_is_told_and_the_log_as_well(door: Door, post: Post, as_admin: Door, a_member: Person) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    await RESETTING.by_token(door, mail.token)

    assert await post.names() == [(a_member.email, PASSWORD_CHANGED)]
    (newest, *older) = (await as_admin.ask(EVENTS, id=a_member.id))["user"]["events"]["nodes"]
    themselves = {"id": a_member.id}
    assert newest == {"kind": "PASSWORD_RESET", "user": themselves, "actor": themselves, "details": None}
    assert [event["kind"] for event in older] == ["REGISTERED"]


async def test_a_refused_reset_tells_nobody(door: Door, post: Post, as_admin: Door, a_member: Person) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    await RESETTING.by_token(door, "A" * 43)
    await RESETTING.by_code(door, mail.to, another(mail.code))

    assert await post.names() == []
    events = (await as_admin.ask(EVENTS, id=a_member.id))["user"]["events"]["nodes"]
    assert [event["kind"] for event in events] == ["REGISTERED"]


async def test_a_refused_password_leaves_the_link_good(door: Door, post: Post, a_member: Person) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    async def codes(password: str) -> Any:
        return await door.codes("resetPassword", {"token": mail.token, "newPassword": password})

    for weak in ("", "short", "password", "aaaaaaaaaa", "GQL-Users", "Mia Member", "member@example.com"):
        assert await codes(weak) == [("WEAK_PASSWORD", ["input", "newPassword"])]
    for invalid in ("\ud800" * 10, "x1" * 512 + "x"):
        assert await codes(invalid) == [("INVALID", ["input", "newPassword"])]

    assert (await sign_in(door, a_member.email))["errors"] == []
    assert await codes(NEW_PASSWORD) == []


async def test_a_refused_password_leaves_the_code_good_with_as_many_tries(
    door: Door, post: Post, settings: Settings, a_member: Person
) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    async def codes(password: str) -> Any:
        return await door.codes("resetPassword", {"email": mail.to, "code": mail.code, "newPassword": password})

    for weak in ("short", "password", "Mia Member", "member@example.com", "MiaMember", "Member@Example.com"):
        assert await codes(weak) == [("WEAK_PASSWORD", ["input", "newPassword"])]

    assert [row.tries_left for row in await rows(settings, OneTimeToken)] == [5, 5]  # beside the letter of welcome
    assert await codes(NEW_PASSWORD) == []


async def test_what_a_password_says_about_somebody_only_the_reader_of_their_letter_hears(
    door: Door, post: Post, a_member: Person
) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    for email, code in ((mail.to, another(mail.code)), ("nobody@example.com", mail.code)):
        shown = {"email": email, "code": code, "newPassword": "Mia Member"}
        assert await door.codes("resetPassword", shown) == [("TOKEN_INVALID", None)]


async def test_a_refused_password_tells_nothing_about_a_token_that_is_none(door: Door) -> None:
    codes = await door.codes("resetPassword", {"token": "A" * 43, "newPassword": "short"})

    assert codes == [("WEAK_PASSWORD", ["input", "newPassword"])]


async def test_the_password_one_has_may_be_taken_again(door: Door, post: Post, a_member: Person) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    await door.done("resetPassword", {"token": mail.token, "newPassword": PASSWORD})

    assert (await sign_in(door, a_member.email))["errors"] == []


async def test_who_guessed_too_often_signs_in_at_once_after_a_reset(door: Door, post: Post, a_member: Person) -> None:
    for _ in range(10):
        await sign_in(door, a_member.email, "wrong")
    assert (await sign_in(door, a_member.email))["errors"][0]["code"] == "RATE_LIMITED"
    mail = await RESETTING.letter(door, post, a_member)

    await RESETTING.by_token(door, mail.token)

    assert (await sign_in(door, a_member.email, NEW_PASSWORD))["errors"] == []


@pytest.mark.parametrize("more", [{"token": "A" * 43}, {"email": "ann@example.com", "code": "123456"}])
async def test_one_operation_resets_once(door: Door, more: dict[str, str]) -> None:
    said = ", ".join(f'{name}: "{value}"' for name, value in {**more, **RESETTING.more}.items())
    deed = f"resetPassword(input: {{{said}}}) {{ errors {{ code }} }}"

    error = await door.refused(f"mutation {{ a: {deed} ...B }} fragment B on Mutation {{ b: {deed} }}")

    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
