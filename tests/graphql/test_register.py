"""Facts about making an account of one's own."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from gql_users import create_app
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.guessing import from_another_network, registered_from_here
from tests.serving import serving

REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } errors { code path } } }"
ANN = {"email": "ann@example.com", "password": PASSWORD}
ADDRESSES = ("ann@example.com", "new@example.com")
WHOLE = (
    "user { id databaseId email username name firstName lastName age isActive isAdmin version lastLoginAt createdAt }"
)


async def test_a_registered_person_is_signed_in(door: Door) -> None:
    person = await door.register("ann@example.com")

    me = (await door.as_(person).ask("{ me { id email } }"))["me"]

    assert me == {"id": person.id, "email": "ann@example.com"}


async def test_a_new_account_holds_what_was_said_and_nothing_more(door: Door) -> None:
    said = {"username": "Ann", "firstName": "Ann", "lastName": "Lee", "age": 40}

    payload = await door.done("register", {"email": "Ann@Example.com", "password": PASSWORD, **said}, WHOLE)

    user = payload["user"]
    assert user["email"] == "Ann@example.com"
    assert (user["username"], user["firstName"], user["lastName"], user["age"]) == ("Ann", "Ann", "Lee", 40)
    assert (user["isActive"], user["isAdmin"], user["version"]) == (True, False, 1)
    assert user["createdAt"] == user["lastLoginAt"] == "2026-03-01T12:00:00Z"


async def test_a_name_is_filled_from_what_else_is_known(door: Door) -> None:
    async def name_of(email: str, **said: object) -> str:
        payload = await door.done("register", {"email": email, "password": PASSWORD, **said}, WHOLE)
        return str(payload["user"]["name"])

    assert await name_of("a@example.com", name="Ann") == "Ann"
    assert await name_of("b@example.com", firstName="Ann", lastName="Lee") == "Ann Lee"
    assert await name_of("c@example.com", username="annlee") == "annlee"
    assert await name_of("ann.lee@example.com") == "ann.lee"


async def test_everything_wrong_with_an_input_is_said_at_once(door: Door) -> None:
    wrong = {"email": "nonsense", "password": "short", "username": "a b", "age": 200, "firstName": "\x00"}

    codes = await door.codes("register", wrong)

    assert sorted(codes) == [
        ("INVALID", ["input", "age"]),
        ("INVALID", ["input", "email"]),
        ("INVALID", ["input", "firstName"]),
        ("INVALID", ["input", "username"]),
        ("WEAK_PASSWORD", ["input", "password"]),
    ]


async def test_spellings_of_one_address_are_one_address(door: Door) -> None:
    await door.register("Ann.Lee@bücher.example.com")

    for spelling in (
        "ann.lee@bücher.example.com",
        "ANN.LEE@BÜCHER.EXAMPLE.COM",
        "ann.lee@xn--bcher-kva.example.com",
        " ann.lee@bücher.example.com ",
        "ann.lee@bücher.example.com.",
        "ａnn.lee@bücher.example.com",
    ):
        codes = await door.codes("register", {"email": spelling, "password": PASSWORD})
        assert codes == [("EMAIL_TAKEN", ["input", "email"])], spelling


async def test_a_refused_registration_leaves_nothing(door: Door, as_admin: Door) -> None:
    await door.register("ann@example.com", username="ann")

    codes = await door.codes("register", {"email": "new@example.com", "password": PASSWORD, "username": "ANN"})

    assert codes == [("USERNAME_TAKEN", ["input", "username"])]
    found = await as_admin.ask('{ user(by: {email: "new@example.com"}) { id } users { totalCount } }')
    assert found == {"user": None, "users": {"totalCount": 2}}


async def test_a_password_must_not_be_ones_own_name(door: Door) -> None:
    for password in ("Annabel-Lee", "annabel lee", "annabel@example.com", "gql-users", "aaaaaaaaaaaa"):
        said = {"email": "annabel@example.com", "name": "Annabel Lee", "password": password}
        assert await door.codes("register", said) == [("WEAK_PASSWORD", ["input", "password"])], password


async def test_a_password_is_counted_in_characters_and_never_cut(door: Door) -> None:
    longest = "ü" * 1023 + "x"

    await door.done("register", {"email": "ann@example.com", "password": longest})

    login = {"email": "ann@example.com"}
    assert await door.codes("login", {**login, "password": longest}) == []
    assert await door.codes("login", {**login, "password": longest[:-1] + "y"}) == [("INVALID_CREDENTIALS", None)]
    assert await door.codes("login", {**login, "password": longest + "x"}) == [("INVALID_CREDENTIALS", None)]
    too_long = {"email": "bob@example.com", "password": longest + "x"}
    assert await door.codes("register", too_long) == [("INVALID", ["input", "password"])]


async def test_nobody_registers_where_registration_is_closed(
    door: Door, as_admin: Door, make_settings: MakeSettings, clock: SettableClock
) -> None:
    closed = create_app(make_settings(registration="closed"), clock=clock)

    async with serving(closed) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        for said in (ANN, {**ANN, "email": "admin@example.com"}, {**ANN, "email": "nonsense"}):
            assert await Door(http).codes("register", said) == [("FORBIDDEN", None)]

    assert await as_admin.ask("{ users { totalCount } }") == {"users": {"totalCount": 1}}


async def test_twenty_registrations_of_one_address_at_once_make_one_account(door: Door, as_admin: Door) -> None:
    outcomes = await asyncio.gather(*(door.codes("register", ANN) for _ in range(20)))

    assert sorted(outcomes) == [[], *[[("EMAIL_TAKEN", ["input", "email"])]] * 19]
    assert await as_admin.ask("{ users { totalCount } }") == {"users": {"totalCount": 2}}


async def test_a_network_registers_a_hundred_and_then_waits_whether_addresses_are_taken_or_not(
    door: Door, services: Services, clock: SettableClock
) -> None:
    await door.register("ann@example.com")
    await registered_from_here(services, 98)

    await door.register("hundredth@example.com")

    limited = {(await door.answer(REGISTER, {"input": {**ANN, "email": email}})).content for email in ADDRESSES}
    assert limited == {b'{"data":{"register":{"user":null,"errors":[{"code":"RATE_LIMITED","path":null}]}}}'}
    async with from_another_network(door) as elsewhere:
        assert await codes(elsewhere, **ANN) == [("EMAIL_TAKEN", ["input", "email"])]
    clock.advance(timedelta(seconds=30))
    await door.register("next@example.com")


async def test_a_whole_office_registers_in_an_hour(door: Door, services: Services, clock: SettableClock) -> None:
    for _ in range(12):
        await registered_from_here(services, 20)
        clock.advance(timedelta(minutes=12))

    await door.register("ann@example.com")


async def test_hostile_text_is_refused_wherever_it_stands(door: Door) -> None:
    hostile = ["\x00", "a\x00b", "\x1f", "\x7f", "\x9f", "a\r\nb", "\ud800", "a\udfff", "\u2029", "", " ", "x" * 5000]

    for text in hostile:
        for field in ("email", "username", "name", "firstName", "lastName"):
            assert await codes(door, **{**ANN, field: text}) == [("INVALID", ["input", field])]
    assert await codes(door, **{**ANN, "password": "long enough \ud800"}) == [("INVALID", ["input", "password"])]
    assert await codes(door, **ANN) == []


async def test_a_name_that_is_filled_never_stands_in_the_way(door: Door) -> None:
    for said in (
        {"email": "a" * 64 + "@example.com"},
        {"email": "b@example.com", "firstName": "ß" * 100, "lastName": "ß" * 100},
        {"email": "c@example.com", "lastName": "\ufdfa" * 100},
    ):
        assert await codes(door, **ANN | said) == [], said["email"]


async def test_what_no_field_can_hold_is_bad_input(door: Door) -> None:
    numbers = ({"age": 2**31}, {"age": -(2**63)}, {"age": 10**400}, {"age": "40"}, {"age": 1.5}, {"password": 12345678})
    strange = ({"email": None}, {"id": "VXNlcjo3"}, {"isAdmin": False}, {"version": 2})

    for more in (*numbers, *strange):
        error = await door.refused(REGISTER, input={**ANN, **more})
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, list(more)


async def test_registration_gives_no_rights(door: Door) -> None:
    error = await door.refused(
        "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }",
        input={"email": "eve@example.com", "password": PASSWORD, "isAdmin": True},
    )

    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def codes(door: Door, **input: Any) -> list[tuple[str, list[str] | None]]:
    """Why a registration is refused."""
    return await door.codes("register", input)
