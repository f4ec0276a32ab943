"""Facts about making an account for somebody else."""

from __future__ import annotations

import asyncio

import httpx

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.serving import serving

NEW = {"email": "new@example.com"}
CREATE = "mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }"
WHOLE = """user {
  id email emailVerifiedAt username name firstName lastName age isActive isAdmin version createdAt updatedAt lastLoginAt
}"""


async def test_a_created_account_holds_what_was_said_and_nothing_more(as_admin: Door) -> None:
    said = {"email": "Ann@Example.com", "username": "Ann", "firstName": "Ann", "lastName": "Lee", "age": 40}

    user = (await as_admin.done("createUser", said, WHOLE))["user"]

    noon = "2026-03-01T12:00:00Z"
    found = (await as_admin.ask(f"query ($id: ID!) {{ user(by: {{ id: $id }}) {{ {WHOLE[6:]} }}", id=user["id"]))[
        "user"
    ]
    assert found == user
    assert user == {
        **said,
        "id": user["id"],
        "email": "Ann@example.com",
        "emailVerifiedAt": None,
        "name": "Ann Lee",
        "isActive": True,
        "isAdmin": False,
        "version": 1,
        "createdAt": noon,
        "updatedAt": noon,
        "lastLoginAt": None,
    }


async def test_a_name_is_filled_from_what_else_is_known(as_admin: Door) -> None:
    async def name_of(email: str, **said: str | None) -> str:
        payload = await as_admin.done("createUser", {"email": email, **said}, "user { name }")
        return str(payload["user"]["name"])

    assert await name_of("a@example.com", name="Ann", firstName="Anna") == "Ann"
    assert await name_of("b@example.com", name=None, lastName="Lee") == "Lee"
    assert await name_of("c@example.com", username="annlee") == "annlee"
    assert await name_of("ann.lee@example.com") == "ann.lee"


async def test_an_account_made_with_a_password_can_be_signed_in_to(door: Door, as_admin: Door) -> None:
    await as_admin.done("createUser", {**NEW, "password": PASSWORD})

    assert await door.codes("login", {**NEW, "password": PASSWORD}) == []


async def test_nobody_signs_in_to_an_account_without_a_password(door: Door, as_admin: Door) -> None:
    await as_admin.done("createUser", NEW)
    await as_admin.done("createUser", {"email": "other@example.com", "password": None})

    for email in ("new@example.com", "other@example.com"):
        for password in ("", PASSWORD):
            codes = await door.codes("login", {"email": email, "password": password})
            assert codes == [("INVALID_CREDENTIALS", None)]


async def test_only_admins_create_accounts(door: Door, as_member: Door, as_admin: Door) -> None:
    stranger = await door.refused(CREATE, input=NEW)
    bearer_of_nonsense = await door.showing("nonsense").refused(CREATE, input=NEW)

    assert stranger["extensions"] == {"code": "UNAUTHENTICATED"}
    assert bearer_of_nonsense["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    assert await as_member.codes("createUser", NEW) == [("FORBIDDEN", None)]
    assert await as_member.codes("createUser", {"email": "nonsense"}) == [("FORBIDDEN", None)]
    assert await as_admin.ask('{ user(by: { email: "new@example.com" }) { id } }') == {"user": None}


async def test_admins_create_accounts_where_registration_is_closed(
    door: Door, an_admin: Person, make_settings: MakeSettings, clock: SettableClock
) -> None:
    closed = create_app(make_settings(registration="closed"), clock=clock)

    async with serving(closed) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        assert await Door(http).as_(an_admin).codes("createUser", NEW) == []


async def test_addresses_and_usernames_are_taken_once(as_admin: Door, a_member: Person) -> None:
    for spelling in ("member@example.com", " MEMBER@EXAMPLE.COM. ", "ｍember@example.com"):
        codes = await as_admin.codes("createUser", {"email": spelling})
        assert codes == [("EMAIL_TAKEN", ["input", "email"])], spelling
    for spelling in ("mia", "MIA", "ｍia"):
        codes = await as_admin.codes("createUser", {**NEW, "username": spelling})
        assert codes == [("USERNAME_TAKEN", ["input", "username"])], spelling
    assert await as_admin.codes("createUser", NEW) == []


async def test_twenty_creations_of_one_username_at_once_make_one_account(as_admin: Door) -> None:
    attempts = [{"email": f"ann{number}@example.com", "username": "ann"} for number in range(20)]

    outcomes = await asyncio.gather(*(as_admin.codes("createUser", attempt) for attempt in attempts))

    assert sorted(outcomes) == [[], *[[("USERNAME_TAKEN", ["input", "username"])]] * 19]
    assert (await as_admin.ask("{ users { totalCount } }"))["users"] == {"totalCount": 2}


async def test_everything_wrong_with_an_input_is_said_at_once(as_admin: Door) -> None:
    wrong = {
        "email": "a\r\nb@example.com",
        "password": "short",
        "username": "_",
        "name": "x" * 201,
        "firstName": "\x7f",
        "lastName": " ",
        "age": -1,
    }

    assert sorted(await as_admin.codes("createUser", wrong)) == [
        ("INVALID", ["input", "age"]),
        ("INVALID", ["input", "email"]),
        ("INVALID", ["input", "firstName"]),
        ("INVALID", ["input", "lastName"]),
        ("INVALID", ["input", "name"]),
        ("INVALID", ["input", "username"]),
        ("WEAK_PASSWORD", ["input", "password"]),
    ]


async def test_a_password_must_not_be_the_name_of_its_owner(as_admin: Door) -> None:
    said = {"email": "annabel@example.com", "name": "Annabel Lee", "password": "annabel-lee"}

    assert await as_admin.codes("createUser", said) == [("WEAK_PASSWORD", ["input", "password"])]


async def test_a_created_account_has_no_rights(as_admin: Door) -> None:
    for more in ({"isAdmin": True}, {"id": "VXNlcjo3"}, {"createdAt": "2026-01-01T00:00:00Z"}, {"age": 2**31}):
        error = await as_admin.refused(CREATE, input={**NEW, **more})
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, more
