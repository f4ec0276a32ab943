"""Facts about one network that tries many accounts, or many addresses of a registration form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gql_users import Settings
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.guessing import counted, from_another_network, guess, wait_for

LOGIN = {"email": "member@example.com", "password": PASSWORD}
NEW = {"email": "new@example.com", "password": PASSWORD}
TAKEN = [("EMAIL_TAKEN", ["input", "email"])]
LIMITED = [("RATE_LIMITED", None)]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service that listens to three wrong passwords from one network."""
    return make_settings(network_attempts=3)


async def test_a_network_is_heard_so_often_whatever_the_accounts(door: Door, a_member: Person) -> None:
    guesses = [await guess(door, 1, email=f"nobody-{number}@example.com") for number in range(4)]

    assert guesses == [["INVALID_CREDENTIALS"]] * 3 + [["RATE_LIMITED"]]
    assert await wait_for(door, "login", LOGIN) == 30
    assert await guess(door, 1, username="nobody") == ["RATE_LIMITED"]


async def test_a_network_waits_longer_and_longer_too(door: Door, clock: SettableClock) -> None:
    await guess(door, 3, email="nobody@example.com")

    for number, seconds in enumerate((30, 60, 120, 240, 480, 900, 900)):
        clock.advance(timedelta(seconds=seconds))
        assert await guess(door, 2, email=f"nobody-{number}@example.com") == ["INVALID_CREDENTIALS", "RATE_LIMITED"]


async def test_an_account_of_ones_own_does_not_make_up_for_the_others(
    door: Door, a_member: Person, settings: Settings
) -> None:
    for number in range(3):
        await door.done("login", LOGIN)
        await guess(door, 1, email=f"nobody-{number}@example.com")

    assert ("network", 3, 0) in await counted(settings)
    assert await door.codes("login", LOGIN) == LIMITED


async def test_other_networks_go_on(door: Door, a_member: Person) -> None:
    await guess(door, 4, email="nobody@example.com")

    async with from_another_network(door) as elsewhere:
        assert await elsewhere.codes("login", LOGIN) == []


async def test_changes_of_password_count_towards_the_network_too(as_member: Door, a_member: Person) -> None:
    change = {"currentPassword": "wrong", "newPassword": "another horse battery"}

    codes = [(await as_member.codes("changePassword", change))[0][0] for _ in range(4)]

    assert codes == ["INVALID_CREDENTIALS"] * 3 + ["RATE_LIMITED"]


async def test_a_registration_form_tells_so_often_who_has_an_account_and_then_nothing(
    door: Door, a_member: Person, another_member: Person
) -> None:
    query = """mutation ($input: RegisterInput!) {
      register(input: $input) { errors { __typename code message path } } }"""
    claims = [{"email": "member@example.com"}, {"email": "OTHER@example.com"}, {"email": "x@example.com"}]
    claims[2]["username"] = "Mia"

    codes = [await door.codes("register", {"password": PASSWORD, **claim}) for claim in claims]

    assert codes == [TAKEN, TAKEN, [("USERNAME_TAKEN", ["input", "username"])]]
    known, unknown = [
        await door.answer(query, {"input": {"email": email, "password": PASSWORD}})
        for email in ("member@example.com", "new@example.com")
    ]
    assert known.content == unknown.content
    assert b"RATE_LIMITED" in known.content


async def test_after_the_wait_a_registration_is_heard_again(door: Door, a_member: Person, clock: SettableClock) -> None:
    for _ in range(3):
        await door.codes("register", LOGIN)
    assert await wait_for(door, "register", NEW) == 30

    clock.advance(timedelta(seconds=30))

    assert await door.codes("register", LOGIN) == TAKEN
    assert await wait_for(door, "register", NEW) == 60
    clock.advance(timedelta(seconds=60))
    assert await door.codes("register", NEW) == []


async def test_registrations_that_succeed_or_say_nothing_about_others_are_not_counted(
    door: Door, settings: Settings
) -> None:
    for number in range(4):
        await door.register(f"member-{number}@example.com")
        assert await door.codes("register", {"email": "nonsense", "password": PASSWORD}) != []
        assert await door.codes("register", {"email": "new@example.com", "password": "short"}) != []

    assert await counted(settings) == []


async def test_who_may_not_register_any_more_can_still_sign_in_and_the_reverse(door: Door, a_member: Person) -> None:
    for _ in range(4):
        await door.codes("register", LOGIN)

    assert await door.codes("register", NEW) == LIMITED
    assert await door.codes("login", LOGIN) == []
    await guess(door, 4, email="nobody@example.com")
    async with from_another_network(door) as elsewhere:
        assert await elsewhere.codes("register", NEW) == []


async def test_who_looks_after_accounts_may_hear_as_often_as_needed_that_an_address_is_taken(
    as_admin: Door, a_member: Person
) -> None:
    assert [await as_admin.codes("createUser", {"email": a_member.email}) for _ in range(5)] == [TAKEN] * 5
