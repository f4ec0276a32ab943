"""Facts about showing that an address is one's own; `test_one_time.py` has what is so for every letter."""

from __future__ import annotations

from datetime import timedelta

from tests.door import Door, Person, SettableClock
from tests.postbox import Post
from tests.ways import VERIFYING, another

ME = "{ me { emailVerifiedAt version events { nodes { kind user { id } actor { id } details } } } }"


async def test_the_address_counts_as_verified_from_then_on(
    door: Door, post: Post, as_member: Door, a_member: Person, clock: SettableClock
) -> None:
    mail = await VERIFYING.letter(door, post, a_member)
    assert (await as_member.ask(ME))["me"]["emailVerifiedAt"] is None
    clock.advance(timedelta(minutes=5))

    assert await VERIFYING.by_token(door, mail.token) == []

    me = (await as_member.ask(ME))["me"]
    themselves = {"id": a_member.id}
    assert me["emailVerifiedAt"] == "2026-03-01T12:05:00Z"
    assert me["events"]["nodes"][0] == {
        "kind": "EMAIL_VERIFIED",
        "user": themselves,
        "actor": themselves,
        "details": None,
    }


async def test_nobody_is_signed_in_or_out_by_it(door: Door, post: Post, as_member: Door, a_member: Person) -> None:
    mail = await VERIFYING.letter(door, post, a_member)

    await VERIFYING.by_token(door, mail.token)

    assert await door.ask("{ me { id } }") == {"me": None}
    assert await as_member.ask("{ me { id sessions { totalCount } } }") == {
        "me": {"id": a_member.id, "sessions": {"totalCount": 1}}
    }
    assert await post.names() == []


async def test_it_is_no_matter_who_is_signed_in_where_the_letter_is_read(
    door: Door, post: Post, as_member: Door, a_member: Person, another_member: Person
) -> None:
    mail = await VERIFYING.letter(door, post, a_member)

    assert await VERIFYING.by_token(door.as_(another_member), mail.token) == []

    assert (await as_member.ask(ME))["me"]["emailVerifiedAt"] is not None
    assert (await door.as_(another_member).ask(ME))["me"]["emailVerifiedAt"] is None


async def test_a_wrong_code_verifies_nothing(door: Door, post: Post, as_member: Door, a_member: Person) -> None:
    mail = await VERIFYING.letter(door, post, a_member)

    await VERIFYING.by_code(door, mail.to, another(mail.code))

    me = (await as_member.ask(ME))["me"]
    assert me["emailVerifiedAt"] is None
    assert [event["kind"] for event in me["events"]["nodes"]] == ["REGISTERED"]


async def test_one_operation_verifies_once(door: Door) -> None:
    deed = 'verifyEmail(input: {email: "ann@example.com", code: "123456"}) { errors { code } }'

    error = await door.refused(f"mutation {{ a: {deed} b: {deed} }}")

    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
