"""Facts about arriving at another address; `test_one_time.py` has what is so for every letter."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.door import PASSWORD, Door, Person, SettableClock
from tests.postbox import EMAIL_CHANGED, Post
from tests.ways import GONE, MOVING, RESETTING, VERIFYING, sign_in

ME = "{ me { email emailVerifiedAt version events { nodes { kind user { id } actor { id } details } } } }"
WRONG = "INVALID_CREDENTIALS"


async def test_the_account_has_the_new_address_and_it_is_verified(
    door: Door, post: Post, as_member: Door, a_member: Person, clock: SettableClock
) -> None:
    mail = await MOVING.letter(door, post, a_member)
    clock.advance(timedelta(minutes=5))

    assert await MOVING.by_token(door, mail.token) == []

    me, themselves = (await as_member.ask(ME))["me"], {"id": a_member.id}
    assert (me["email"], me["emailVerifiedAt"]) == (mail.to, "2026-03-01T12:05:00Z")
    assert me["events"]["nodes"][0] == {
        "kind": "EMAIL_CHANGED",
        "user": themselves,
        "actor": themselves,
        "details": None,
    }
    assert (await sign_in(door, mail.to))["user"]["email"] == mail.to
    assert (await sign_in(door, a_member.email))["errors"][0]["code"] == WRONG


async def test_the_old_address_is_told_and_not_where_to(door: Door, post: Post, a_member: Person) -> None:
    moving = await MOVING.letter(door, post, a_member)

    await MOVING.by_token(door, moving.token)

    farewell = await post.only()
    assert (farewell.to, farewell.subject) == (a_member.email, EMAIL_CHANGED)
    assert moving.to not in farewell.message.as_string()


async def test_the_code_belongs_to_the_new_address(door: Door, post: Post, a_member: Person) -> None:
    mail = await MOVING.letter(door, post, a_member)

    assert await MOVING.by_code(door, a_member.email, mail.code) == GONE
    assert await MOVING.by_code(door, mail.to, mail.code) == []


async def test_sessions_go_on(door: Door, post: Post, as_member: Door, a_member: Person) -> None:
    mail = await MOVING.letter(door, post, a_member)

    await MOVING.by_token(door, mail.token)

    assert (await as_member.ask("{ me { email } }"))["me"] == {"email": mail.to}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == []


async def test_an_address_that_was_taken_meanwhile_stays_its_owners(
    door: Door, post: Post, as_member: Door, a_member: Person
) -> None:
    mail = await MOVING.letter(door, post, a_member)
    await door.register(mail.to)
    await post.arrived()

    for _ in range(2):
        assert await MOVING.by_token(door, mail.token) == [("EMAIL_TAKEN", ["input", "email"])]

    me = (await as_member.ask(ME))["me"]
    assert (me["email"], me["version"]) == (a_member.email, 1)
    assert [event["kind"] for event in me["events"]["nodes"]] == ["REGISTERED"]
    assert await post.names() == []


async def test_of_two_who_move_to_one_address_at_once_one_gets_it(
    door: Door, post: Post, a_member: Person, another_member: Person, clock: SettableClock
) -> None:
    tokens = []
    for person in (a_member, another_member):
        await post.arrived()
        await door.as_(person).done("requestEmailChange", {"newEmail": "one@example.com", "currentPassword": PASSWORD})
        tokens.append((await post.only()).token)
        clock.advance(timedelta(seconds=30))

    outcomes = await asyncio.gather(*(MOVING.by_token(door, token) for token in tokens))

    assert sorted(outcomes) == [[], [("EMAIL_TAKEN", ["input", "email"])]]


async def test_letters_to_the_old_address_are_good_for_nothing_any_more(
    door: Door, post: Post, a_member: Person
) -> None:
    reset = await RESETTING.letter(door, post, a_member)
    verify = await VERIFYING.letter(door, post, a_member)
    moving = await MOVING.letter(door, post, a_member)

    await MOVING.by_token(door, moving.token)

    assert await RESETTING.by_token(door, reset.token) == GONE
    assert await VERIFYING.by_token(door, verify.token) == GONE


async def test_it_is_no_matter_who_is_signed_in_where_the_letter_is_read(
    door: Door, post: Post, as_member: Door, a_member: Person, another_member: Person
) -> None:
    mail = await MOVING.letter(door, post, a_member)

    assert await MOVING.by_token(door.as_(another_member), mail.token) == []

    assert (await as_member.ask("{ me { email } }"))["me"] == {"email": mail.to}
    assert (await door.as_(another_member).ask("{ me { email } }"))["me"] == {"email": another_member.email}


async def test_one_operation_confirms_once(door: Door) -> None:
    deed = 'confirmEmailChange(input: {token: "abc"}) { errors { code } }'

    error = await door.refused(f"mutation {{ a: {deed} b: {deed} }}")

    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
