"""Facts about moving to another address: by who knows the password, and where the new one is read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gql_users import Settings
from gql_users.models import Letter
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.postbox import ALREADY, MOVE, Post, rows
from tests.ways import GONE, NEW_ADDRESS
from tests.ways import MOVING as WAY

ASK = """mutation ($input: RequestEmailChangeInput!) {
  requestEmailChange(input: $input) { errors { code message path ... on RateLimitedError { retryAfterSeconds } } }
}"""
MOVING = {"newEmail": NEW_ADDRESS, "currentPassword": PASSWORD}
WRONG = [("INVALID_CREDENTIALS", ["input", "currentPassword"])]
LIMITED = [("RATE_LIMITED", None)]


async def codes(door: Door, **otherwise: str) -> list[tuple[str, list[str] | None]]:
    """Why asking is refused."""
    return await door.codes("requestEmailChange", {**MOVING, **otherwise})


@pytest.fixture
async def nobody_waits(post: Post, a_member: Person, another_member: Person) -> None:
    """Everybody has read their letters."""
    await post.arrived()


async def test_the_letter_goes_to_the_new_address_as_it_was_written_and_nothing_changes_yet(
    post: Post, as_member: Door, a_member: Person, nobody_waits: None
) -> None:
    await as_member.done("requestEmailChange", {**MOVING, "newEmail": " Mia.M@MOVED.example.com"})

    mail = await post.only()
    assert (mail.to, mail.subject) == ("Mia.M@moved.example.com", MOVE)
    assert "Hello Mia Member," in mail.text
    assert "Valid for one hour, and only once." in mail.text
    assert mail.link == f"http://localhost:8000/account/change-email?token={mail.token}"
    assert (await as_member.ask("{ me { email version } }"))["me"] == {"email": a_member.email, "version": 1}


async def test_an_address_that_is_taken_is_answered_in_the_same_bytes_and_only_its_owner_hears(
    post: Post, as_member: Door, settings: Settings, another_member: Person, nobody_waits: None
) -> None:
    known = {row.id for row in await rows(settings, Letter)}

    answers = [
        await as_member.answer(ASK, {"input": {**MOVING, "newEmail": email}})
        for email in ("ＯTHER@example.com", NEW_ADDRESS)
    ]

    assert answers[0].content == answers[1].content
    written = [row._asdict() for row in await rows(settings, Letter) if row.id not in known]
    assert sorted(row.pop("address") for row in written) == ["OTHER@example.com", NEW_ADDRESS]
    assert [row.pop("id") for row in written]
    assert written[0] == written[1]
    mails = await post.arrived()
    assert [(mail.to, mail.subject) for mail in mails] == [(NEW_ADDRESS, MOVE), (another_member.email, ALREADY)]
    assert "Mia" not in mails[1].text
    assert "Hello Otto Other," in mails[1].text
    assert "token=" not in mails[1].text


async def test_an_address_that_is_taken_while_the_letter_waits_is_its_owners(
    door: Door, post: Post, as_member: Door, nobody_waits: None
) -> None:
    await as_member.done("requestEmailChange", MOVING)
    await door.register(NEW_ADDRESS)

    names = await post.names()

    assert (NEW_ADDRESS, ALREADY) in names
    assert (NEW_ADDRESS, MOVE) not in names


async def test_the_current_password_is_wanted(post: Post, as_member: Door, nobody_waits: None) -> None:
    for wrong in ("", "wrong", PASSWORD.upper(), "\x00", "\ud800", "x" * 2000):
        assert await codes(as_member, currentPassword=wrong) == WRONG

    assert await post.names() == []


async def test_wrong_passwords_count_towards_those_of_the_account(
    door: Door, as_member: Door, a_member: Person
) -> None:
    assert [await codes(as_member, currentPassword="wrong") for _ in range(10)] == [WRONG] * 10

    assert await codes(as_member) == LIMITED
    assert await door.codes("login", {"email": a_member.email, "password": PASSWORD}) == LIMITED


async def test_the_right_password_makes_the_wrong_ones_forgotten(as_member: Door, clock: SettableClock) -> None:
    for _ in range(9):
        await codes(as_member, currentPassword="wrong")
    assert await codes(as_member) == []

    assert [await codes(as_member, currentPassword="wrong") for _ in range(9)] == [WRONG] * 9


async def test_the_same_address_gets_no_letter_for_longer_each_time_alike_whether_it_is_taken(
    post: Post, as_member: Door, another_member: Person, clock: SettableClock, nobody_waits: None
) -> None:
    for seconds in (30, 60, 120):
        for expected in (2, 0):
            for email in (NEW_ADDRESS, another_member.email):
                assert await codes(as_member, newEmail=email.upper()) == []
            assert len(await post.arrived()) == expected
        clock.advance(timedelta(seconds=seconds))


async def test_of_many_who_ask_at_once_one_is_heard(post: Post, as_member: Door, nobody_waits: None) -> None:
    outcomes = await asyncio.gather(*(codes(as_member) for _ in range(6)))

    assert outcomes == [[]] * 6
    assert await post.names() == [(NEW_ADDRESS, MOVE)]


async def test_one_address_gets_three_letters_of_many_accounts_and_then_waits(
    door: Door, post: Post, clock: SettableClock
) -> None:
    people = [await door.register(f"{number}@example.com") for number in range(6)]
    await post.arrived()

    for person in people:
        assert await codes(door.as_(person)) == []

    assert await post.names() == [(NEW_ADDRESS, MOVE)] * 3
    clock.advance(timedelta(seconds=30))
    assert await codes(door.as_(people[5])) == []
    assert await post.names() == [(NEW_ADDRESS, MOVE)]


async def test_of_the_codes_to_one_address_the_last_is_good_and_every_link(
    door: Door, post: Post, clock: SettableClock, nobody_waits: None, a_member: Person, another_member: Person
) -> None:
    mails = []
    for person in (a_member, another_member):
        await door.as_(person).done("requestEmailChange", MOVING)
        mails.append(await post.only())
        clock.advance(timedelta(seconds=1))
    earlier, last = mails

    if earlier.code != last.code:
        assert await WAY.by_code(door, NEW_ADDRESS, earlier.code) == GONE
    assert await WAY.by_token(door, earlier.token) == []
    assert await WAY.by_code(door, NEW_ADDRESS, last.code) == [("EMAIL_TAKEN", ["input", "email"])]


async def test_what_is_no_address_or_is_ones_own_is_not_valid(
    post: Post, as_member: Door, a_member: Person, nobody_waits: None
) -> None:
    for wrong in ("", "nonsense", "a@b.example\r\nBcc: c@d.example", "\ud800", a_member.email):
        assert await codes(as_member, newEmail=wrong) == [("INVALID", ["input", "newEmail"])]

    assert await post.names() == []


async def test_another_spelling_of_ones_own_address_can_be_moved_to(
    door: Door, post: Post, as_member: Door, a_member: Person, nobody_waits: None
) -> None:
    assert await codes(as_member, newEmail="Member@example.com") == []
    mail = await post.only()

    assert (mail.to, mail.subject) == ("Member@example.com", MOVE)
    assert await door.codes("confirmEmailChange", {"token": mail.token}) == []
    assert (await as_member.ask("{ me { email } }"))["me"] == {"email": "Member@example.com"}


async def test_only_somebody_signed_in_can_ask(
    door: Door, post: Post, as_member: Door, clock: SettableClock, nobody_waits: None
) -> None:
    stranger = await door.refused(ASK, input=MOVING)
    clock.advance(timedelta(minutes=15))
    late = await as_member.refused(ASK, input=MOVING)

    assert stranger["extensions"] == {"code": "UNAUTHENTICATED"}
    assert late["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_EXPIRED"}
    assert await post.names() == []


async def test_one_operation_asks_once(as_member: Door) -> None:
    said = ", ".join(f'{name}: "{value}"' for name, value in MOVING.items())
    deed = f"requestEmailChange(input: {{{said}}}) {{ errors {{ code }} }}"

    error: Any = await as_member.refused(f"mutation {{ a: {deed} b: {deed} }}")

    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"


async def test_a_move_that_is_asked_for_beside_a_reset_never_outlives_it(
    post: Post, door: Door, as_member: Door, a_member: Person, nobody_waits: None
) -> None:
    await door.done("requestPasswordReset", {"email": a_member.email})
    token = (await post.only()).token

    await asyncio.gather(
        door.done("resetPassword", {"token": token, "newPassword": "another good one"}),
        *(as_member.answer(ASK, {"input": {**MOVING, "newEmail": f"thief-{each}@example.org"}}) for each in range(5)),
    )

    assert [mail.subject for mail in await post.arrived() if mail.to.endswith("@example.org")] == []
