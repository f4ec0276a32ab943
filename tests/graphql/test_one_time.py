"""Facts about what a letter lets its reader do: once, in its time, by whoever has this letter and no other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gql_users import Settings
from gql_users.models import OneTimeToken
from tests.door import Door, Person, SettableClock
from tests.postbox import Post, rows
from tests.ways import GONE, RESETTING, VERIFYING, WAYS, Way, another, each_form, each_way

SECOND = timedelta(seconds=1)


@each_way
async def test_a_link_is_good_once(door: Door, post: Post, a_member: Person, way: Way) -> None:
    mail = await way.letter(door, post, a_member)

    once, twice = await way.by_token(door, mail.token), await way.by_token(door, mail.token)
    by_code = await way.by_code(door, mail.to, mail.code)

    assert (once, twice, by_code) == ([], GONE, GONE)


@each_way
async def test_the_code_is_as_good_as_the_link_and_uses_it_up(
    door: Door, post: Post, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    once, twice = await way.by_code(door, mail.to, mail.code), await way.by_code(door, mail.to, mail.code)
    by_token = await way.by_token(door, mail.token)

    assert (once, twice, by_token) == ([], GONE, GONE)


@each_way
@pytest.mark.parametrize("by", ["token", "code"])
async def test_of_sixteen_uses_at_once_one_succeeds(
    door: Door, post: Post, a_member: Person, way: Way, by: str
) -> None:
    mail = await way.letter(door, post, a_member)

    async def use() -> list[tuple[str, list[str] | None]]:
        return await (way.by_token(door, mail.token) if by == "token" else way.by_code(door, mail.to, mail.code))

    outcomes = await asyncio.gather(*(use() for _ in range(16)))

    assert outcomes.count([]) == 1
    assert {code for outcome in outcomes for code, _ in outcome} <= {"TOKEN_INVALID", "RATE_LIMITED"}


@each_way
async def test_a_letter_is_good_until_its_time_is_over(
    door: Door, post: Post, a_member: Person, another_member: Person, clock: SettableClock, way: Way
) -> None:
    in_time, late = await way.letter(door, post, a_member), await way.letter(door, post, another_member)

    clock.advance(way.lifetime - SECOND)
    assert await way.by_token(door, in_time.token) == []
    clock.advance(SECOND)

    assert await way.by_code(door, late.to, late.code) == GONE
    assert await way.by_token(door, late.token) == GONE


@each_way
async def test_a_code_is_good_until_its_time_is_over(
    door: Door, post: Post, a_member: Person, clock: SettableClock, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    clock.advance(way.lifetime - SECOND)

    assert await way.by_code(door, mail.to, mail.code) == []


@each_way
async def test_a_new_letter_retires_the_one_before_it(
    door: Door, post: Post, a_member: Person, clock: SettableClock, way: Way
) -> None:
    old = await way.letter(door, post, a_member)
    clock.advance(timedelta(seconds=30))
    new = await way.letter(door, post, a_member)

    assert await way.by_token(door, old.token) == GONE
    if old.code != new.code:
        assert await way.by_code(door, old.to, old.code) == GONE
    assert await way.by_code(door, new.to, new.code) == []


async def test_of_two_letters_that_are_sent_at_once_one_is_good(door: Door, post: Post, a_member: Person) -> None:
    await VERIFYING.ask(door, a_member)  # beside the letter that every new account gets

    first, second = await post.arrived()

    outcomes = [await VERIFYING.by_token(door, mail.token) for mail in (first, second)]
    assert sorted(outcomes) == [[], GONE]


@each_way
async def test_a_letter_is_good_for_nothing_else(door: Door, post: Post, a_member: Person, way: Way) -> None:
    mail = await way.letter(door, post, a_member)

    for other in WAYS:
        if other is not way:
            assert await other.by_token(door, mail.token) == GONE
            assert await other.by_code(door, mail.to, mail.code) == GONE

    assert await way.by_token(door, mail.token) == []


@each_form
async def test_an_address_that_changed_meanwhile_ends_the_letter(
    door: Door, post: Post, as_admin: Door, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)
    await as_admin.done("patchUser", {"id": a_member.id, "email": "new@example.com"})

    for email in (a_member.email, "new@example.com"):
        assert await way.by_code(door, email, mail.code) == GONE
    assert await way.by_token(door, mail.token) == GONE


@each_way
@pytest.mark.parametrize("fate", ["deactivateUser", "deleteUser"])
async def test_an_account_that_is_closed_or_gone_ends_the_letter(
    door: Door, post: Post, as_admin: Door, a_member: Person, way: Way, fate: str
) -> None:
    mail = await way.letter(door, post, a_member)
    await as_admin.done(fate, {"id": a_member.id})

    assert await way.by_code(door, mail.to, mail.code) == GONE
    assert await way.by_token(door, mail.token) == GONE


@each_way
async def test_a_code_may_be_typed_as_people_type(door: Door, post: Post, a_member: Person, way: Way) -> None:
    mail = await way.letter(door, post, a_member)
    typed = f" {mail.code[:3]} - {mail.code[3:]} "

    assert await way.by_code(door, f" {mail.to.upper()}", typed) == []


@each_way
async def test_the_code_of_a_letter_to_somebody_else_is_wrong(
    door: Door, post: Post, a_member: Person, another_member: Person, way: Way
) -> None:
    mine, theirs = await way.letter(door, post, a_member), await way.letter(door, post, another_member)

    if mine.code != theirs.code:
        assert await way.by_code(door, theirs.to, mine.code) == GONE
    assert await way.by_code(door, "nobody@example.com", mine.code) == GONE

    assert await way.by_code(door, mine.to, mine.code) == []


@each_way
async def test_after_five_wrong_codes_the_right_one_is_wrong_as_well_and_the_link_still_good(
    door: Door, post: Post, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    for by in range(1, 6):
        assert await way.by_code(door, mail.to, another(mail.code, by)) == GONE

    assert await way.by_code(door, mail.to, mail.code) == GONE
    assert await way.by_token(door, mail.token) == []


@each_way
async def test_after_four_wrong_codes_the_right_one_is_right(
    door: Door, post: Post, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    for by in range(1, 5):
        assert await way.by_code(door, mail.to, another(mail.code, by)) == GONE

    assert await way.by_code(door, mail.to, mail.code) == []


@pytest.mark.parametrize(("wrong", "left"), [(3, 2), (8, 0)])
async def test_codes_that_are_tried_at_once_are_all_counted(
    door: Door, post: Post, a_member: Person, settings: Settings, wrong: int, left: int
) -> None:
    mail = await VERIFYING.letter(door, post, a_member)

    outcomes = await asyncio.gather(
        *(VERIFYING.by_code(door, mail.to, another(mail.code, by)) for by in range(1, wrong + 1))
    )

    assert outcomes == [GONE] * wrong
    assert [row.tries_left for row in await rows(settings, OneTimeToken)] == [left]
    assert await VERIFYING.by_code(door, mail.to, mail.code) == ([] if left else GONE)


@each_form
async def test_after_ten_wrong_codes_one_has_to_wait_alike_for_every_address(
    door: Door, post: Post, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    for email in (mail.to, "nobody@example.com", "no address"):
        answers = [await way.by_code(door, email, another(mail.code)) for _ in range(11)]
        assert answers == [GONE] * 10 + [[("RATE_LIMITED", None)]]

    assert await way.by_token(door, mail.token) == []


@each_way
async def test_what_is_neither_a_token_nor_a_code_with_its_address_is_not_valid(
    door: Door, post: Post, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)
    whole = {"token": mail.token, "email": mail.to, "code": mail.code}

    for left_out in ({"email"}, {"code"}, {"token", "email"}, {"token", "code"}, {"token", "email", "code"}, set()):
        said = {name: value for name, value in whole.items() if name not in left_out}
        assert await door.codes(way.deed, {**way.more, **said}) == [("INVALID", ["input", "token"])]

    assert await way.by_token(door, mail.token) == []


HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    "A" * 43,
    "A" * 5000,
    "%",
    "\r\nBcc: a@example.com",
    "１２３４５６",
    "-1",
    "👺" * 200,
]


@each_way
async def test_no_other_text_is_a_token_or_a_code(door: Door, post: Post, a_member: Person, way: Way) -> None:
    mail = await way.letter(door, post, a_member)

    for text in (*HOSTILE, mail.token[:-1], mail.token + "A", mail.token.swapcase(), mail.code):
        assert await way.by_token(door, text) == GONE
    for text in HOSTILE[:5]:
        assert await way.by_code(door, text, mail.code) == GONE
    for text in HOSTILE[5:9]:
        assert await way.by_code(door, mail.to, text) == GONE

    assert await way.by_code(door, mail.to, mail.code) == []


async def test_a_wrong_token_and_a_wrong_code_are_told_in_the_same_bytes(
    door: Door, post: Post, a_member: Person
) -> None:
    mail = await RESETTING.letter(door, post, a_member)
    query = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { errors { code message path } } }"
    shown = [
        {"token": "A" * 43},
        {"email": mail.to, "code": another(mail.code)},
        {"email": "nobody@example.com", "code": mail.code},
    ]

    answers = [(await door.answer(query, {"input": {**RESETTING.more, **each}})).content for each in shown]

    assert len(set(answers)) == 1
