"""Facts about guessing the password of one account: ten times, and then slowly."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from gql_users import Settings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.guessing import counted, from_another_network, guess, wait_for

MIA = {"email": "member@example.com"}
LOGIN = {**MIA, "password": PASSWORD}
WRONG = {**MIA, "password": "wrong"}
ANOTHER = "another horse battery"

REFUSED = "INVALID_CREDENTIALS"
LIMITED = ("RATE_LIMITED", None)


async def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(door: Door, a_member: Person) -> None:
    assert await guess(door, 10, **MIA) == [REFUSED] * 10

    for said in (WRONG, LOGIN):
        assert await wait_for(door, "login", said) == 30


async def test_what_comes_too_early_does_not_lengthen_the_wait(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    await guess(door, 10, **MIA)

    for seconds in (30, 29, 28):
        assert await wait_for(door, "login", WRONG) == seconds
        clock.advance(timedelta(seconds=1))
    clock.advance(timedelta(seconds=27))

    assert await door.codes("login", LOGIN) == []


async def test_after_each_wait_there_is_one_try_and_then_twice_the_wait(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    await guess(door, 10, **MIA)

    for seconds in (30, 60, 120, 240, 480, 900, 900):
        clock.advance(timedelta(seconds=seconds - 1))
        assert await wait_for(door, "login", LOGIN) == 1
        clock.advance(timedelta(seconds=1))
        assert await guess(door, 1, **MIA) == [REFUSED]

    assert await wait_for(door, "login", LOGIN) == 900


async def test_of_many_who_come_when_the_wait_is_over_one_is_heard(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    await guess(door, 10, **MIA)
    clock.advance(timedelta(seconds=30))

    outcomes = await asyncio.gather(*(guess(door, 1, **MIA) for _ in range(12)))

    assert Counter(code for codes in outcomes for code in codes) == {REFUSED: 1, "RATE_LIMITED": 11}


async def test_an_hour_later_everything_is_forgotten(door: Door, a_member: Person, clock: SettableClock) -> None:
    await guess(door, 10, **MIA)
    clock.advance(timedelta(hours=1))

    assert await guess(door, 10, **MIA) == [REFUSED] * 10


async def test_the_right_password_makes_up_for_the_wrong_ones(door: Door, a_member: Person, settings: Settings) -> None:
    assert await guess(door, 9, **MIA) == [REFUSED] * 9
    await door.done("login", LOGIN)

    assert await counted(settings) == [("network", 9, 0)]
    assert await guess(door, 10, **MIA) == [REFUSED] * 10
    assert await door.codes("login", LOGIN) == [LIMITED]


async def test_all_spellings_of_an_address_count_together(door: Door, a_member: Person) -> None:
    spellings = ("member@example.com", "MEMBER@Example.COM", " member@example.com. ", "ｍember@example.com")

    refused = [await guess(door, 5, email=spelling) for spelling in spellings[:2]]

    assert refused == [[REFUSED] * 5] * 2
    assert [await guess(door, 1, email=spelling) for spelling in spellings] == [["RATE_LIMITED"]] * 4


async def test_all_spellings_of_a_username_count_together(door: Door, a_member: Person) -> None:
    spellings = ("mia", "MIA", " ｍia ")

    assert await guess(door, 10, username="Mia") == [REFUSED] * 10

    assert [await guess(door, 1, username=spelling) for spelling in spellings] == [["RATE_LIMITED"]] * 3


async def test_an_address_and_a_username_are_limited_one_by_one_because_nobody_may_learn_that_they_belong_together(
    door: Door, a_member: Person
) -> None:
    await guess(door, 10, username="mia")

    assert await door.codes("login", LOGIN) == []


async def test_an_account_that_does_not_exist_is_limited_alike(door: Door, a_member: Person) -> None:
    query = """mutation ($input: LoginInput!) { login(input: $input) {
      errors { __typename code message path ... on RateLimitedError { retryAfterSeconds } } } }"""
    guesses = [
        {"input": {**identifier, "password": "wrong"}}
        for identifier in (
            {"email": "member@example.com"},
            {"email": "nobody@example.com"},
            {"email": "no address"},
            {"username": "mia"},
            {"username": "nobody"},
            {"username": "\ud800"},
        )
    ]

    answers = [[(await door.answer(query, each)).content for _ in range(12)] for each in guesses]

    assert [each for each in answers if each != answers[0]] == []
    assert [b"RATE_LIMITED" in answer for answer in answers[0]] == [False] * 10 + [True] * 2


async def test_nobody_is_locked_out_by_another_network(door: Door, a_member: Person) -> None:
    await guess(door, 12, **MIA)

    async with from_another_network(door) as elsewhere:
        assert await elsewhere.codes("login", LOGIN) == []

    assert await door.codes("login", LOGIN) == [LIMITED]


async def test_guessing_the_current_password_counts_towards_the_same(
    door: Door, as_member: Door, a_member: Person
) -> None:
    change = {"currentPassword": "wrong", "newPassword": ANOTHER}
    assert await guess(door, 5, **MIA) == [REFUSED] * 5

    codes = [await as_member.codes("changePassword", change) for _ in range(5)]

    assert codes == [[(REFUSED, ["input", "currentPassword"])]] * 5
    right = {"currentPassword": PASSWORD, "newPassword": ANOTHER}
    assert await wait_for(as_member, "changePassword", right) == 30
    assert await wait_for(door, "login", LOGIN) == 30


async def test_a_change_of_password_makes_up_for_the_wrong_ones(door: Door, as_member: Door) -> None:
    await guess(door, 9, **MIA)

    await as_member.done("changePassword", {"currentPassword": PASSWORD, "newPassword": ANOTHER})

    assert await guess(door, 10, **MIA) == [REFUSED] * 10


async def test_a_new_password_that_is_not_good_enough_is_no_try_at_the_present_one(
    as_member: Door, settings: Settings
) -> None:
    for weak, code in (("short", "WEAK_PASSWORD"), ("x1" * 600, "INVALID")):
        change = {"currentPassword": "wrong", "newPassword": weak}
        assert await as_member.codes("changePassword", change) == [(code, ["input", "newPassword"])]

    assert await counted(settings) == []


async def test_of_forty_guesses_at_once_ten_are_heard_and_all_ten_are_counted(
    door: Door, a_member: Person, settings: Settings
) -> None:
    outcomes = await asyncio.gather(*(guess(door, 1, **MIA) for _ in range(40)))

    assert Counter(code for codes in outcomes for code in codes) == {REFUSED: 10, "RATE_LIMITED": 30}
    assert await counted(settings) == [("account", 10, 0), ("network", 10, 0)]


async def test_twenty_who_know_the_password_sign_in_at_once(door: Door, a_member: Person, settings: Settings) -> None:
    outcomes = await asyncio.gather(*(door.codes("login", LOGIN) for _ in range(20)))

    assert outcomes == [[]] * 20
    assert await counted(settings) == []
