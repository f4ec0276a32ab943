"""Facts about replacing a whole profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from gql_users.graphql.ids import global_id
from gql_users.services import Services
from tests.door import Door, Person, SettableClock

UPDATE = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }"
PROFILE = "email username name firstName lastName age version"
SAID = {"username": "ann", "name": "Ann the Great", "firstName": "Ann", "lastName": "Lee", "age": 40}

VerifyAddress = Callable[[Person], Awaitable[None]]


@pytest.fixture
def verify_address(services: Services, clock: SettableClock) -> VerifyAddress:
    """Notes that an address was shown to be its owner's, which no door can do yet."""

    async def verify(person: Person) -> None:
        async with services.profiles.unit_of_work() as work:
            await work.users.change(person.database_id, now=clock.now(), email_verified_at=clock.now())

    return verify


async def profile_of(door: Door, person: Person) -> Any:
    """What an account says."""
    return (await door.ask(f"query ($id: ID!) {{ user(by: {{ id: $id }}) {{ {PROFILE} }} }}", id=person.id))["user"]


async def test_an_update_replaces_every_profile_field(as_member: Door, a_member: Person, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=10))

    payload = await as_member.done(
        "updateUser", {"id": a_member.id, **SAID}, f"user {{ {PROFILE} createdAt updatedAt }}"
    )

    times = {"createdAt": "2026-03-01T12:00:00Z", "updatedAt": "2026-03-01T12:10:00Z"}
    assert payload["user"] == {**SAID, "email": a_member.email, "version": 2, **times}


async def test_an_update_empties_what_it_does_not_mention(as_member: Door, a_member: Person) -> None:
    await as_member.done("updateUser", {"id": a_member.id, **SAID})

    await as_member.done("updateUser", {"id": a_member.id, "lastName": "Lee", "age": None, "email": None})

    empty = {"username": None, "firstName": None, "age": None}
    assert await profile_of(as_member, a_member) == {
        **empty,
        "email": a_member.email,
        "name": "Lee",
        "lastName": "Lee",
        "version": 3,
    }
    await as_member.done("updateUser", {"id": a_member.id})
    assert (await profile_of(as_member, a_member))["name"] == "member"


async def test_an_update_to_what_already_is_leaves_the_version(
    as_member: Door, a_member: Person, clock: SettableClock
) -> None:
    await as_member.done("updateUser", {"id": a_member.id, **SAID})
    clock.advance(timedelta(minutes=10))

    payload = await as_member.done("updateUser", {"id": a_member.id, **SAID}, "user { version updatedAt }")

    assert payload["user"] == {"version": 2, "updatedAt": "2026-03-01T12:00:00Z"}


async def test_an_update_of_another_version_is_refused(as_member: Door, a_member: Person) -> None:
    await as_member.done("updateUser", {"id": a_member.id, **SAID, "expectedVersion": 1})

    payload = await as_member.do("updateUser", {"id": a_member.id, "age": 41, "expectedVersion": 1}, "user { id }")

    error = payload["errors"][0]
    assert payload["user"] is None
    assert (error["__typename"], error["code"]) == ("ConflictError", "VERSION_MISMATCH")
    assert (error["path"], error["currentVersion"]) == (["input", "expectedVersion"], 2)
    assert (await profile_of(as_member, a_member))["age"] == 40


async def test_a_refused_update_changes_nothing(as_member: Door, a_member: Person, another_member: Person) -> None:
    before = await profile_of(as_member, a_member)

    codes = await as_member.codes("updateUser", {"id": a_member.id, "username": "OTTO", "age": 50})

    assert codes == [("USERNAME_TAKEN", ["input", "username"])]
    assert await profile_of(as_member, a_member) == before


async def test_everything_wrong_with_an_update_is_said_at_once(as_member: Door, a_member: Person) -> None:
    wrong = {"username": "me@example.com", "name": "\x00", "firstName": "x" * 101, "lastName": "\u2028", "age": 151}

    codes = await as_member.codes("updateUser", {"id": a_member.id, "email": "nonsense", **wrong})

    fields = ("age", "email", "firstName", "lastName", "name", "username")
    assert sorted(codes) == [("INVALID", ["input", field]) for field in fields]


async def test_members_set_no_address_but_may_repeat_their_own(
    as_member: Door, a_member: Person, verify_address: VerifyAddress
) -> None:
    await verify_address(a_member)
    codes = await as_member.codes("updateUser", {"id": a_member.id, "email": "new@example.com"})
    assert codes == [("FORBIDDEN", ["input", "email"])]

    repeated = {"id": a_member.id, "email": a_member.email}
    payload = await as_member.done("updateUser", repeated, "user { emailVerifiedAt }")

    assert payload["user"] == {"emailVerifiedAt": "2026-03-01T12:00:00Z"}


async def test_another_address_that_an_admin_puts_in_is_not_verified(
    as_admin: Door, a_member: Person, verify_address: VerifyAddress
) -> None:
    await verify_address(a_member)
    noon = "2026-03-01T12:00:00Z"

    for given, address, verified_at in (
        (None, "member@example.com", noon),
        ("Member@EXAMPLE.com", "Member@example.com", noon),
        ("mia@example.com", "mia@example.com", None),
    ):
        changed = await as_admin.done(
            "updateUser", {"id": a_member.id, "email": given}, "user { email emailVerifiedAt }"
        )
        assert changed["user"] == {"email": address, "emailVerifiedAt": verified_at}


async def test_an_address_that_is_taken_stays_with_its_owner(as_admin: Door, a_member: Person) -> None:
    codes = await as_admin.codes("updateUser", {"id": a_member.id, "email": "ADMIN@example.com"})

    assert codes == [("EMAIL_TAKEN", ["input", "email"])]


async def test_strangers_are_asked_to_sign_in(door: Door, a_member: Person) -> None:
    error = await door.refused(UPDATE, input={"id": a_member.id, **SAID})

    assert error["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_somebody_elses_account_looks_like_none(as_member: Door, another_member: Person, as_admin: Door) -> None:
    before = await profile_of(as_admin, another_member)

    somebody = await as_member.do("updateUser", {"id": another_member.id, "age": 999}, "user { id }")

    nobody = await as_member.do("updateUser", {"id": global_id("User", 999_999), "age": 999}, "user { id }")
    assert somebody == nobody
    assert [error["code"] for error in somebody["errors"]] == ["NOT_FOUND"]
    assert await profile_of(as_admin, another_member) == before


async def test_admins_update_everybody(as_admin: Door, a_member: Person) -> None:
    await as_admin.done("updateUser", {"id": a_member.id, **SAID})

    assert (await profile_of(as_admin, a_member))["name"] == "Ann the Great"


async def test_what_is_nobodys_id_is_not_found(as_admin: Door, a_member: Person) -> None:
    foreign = global_id("Session", a_member.database_id)

    for nobody in ("", "nonsense", global_id("User", 999_999), foreign, a_member.id + "=", str(a_member.database_id)):
        error = (await as_admin.do("updateUser", {"id": nobody, **SAID}))["errors"][0]
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND"), nobody


async def test_rights_and_dates_are_no_part_of_a_profile(as_admin: Door, a_member: Person) -> None:
    for more in ({"isAdmin": True}, {"isActive": False}, {"version": 9}, {"createdAt": None}, {"age": -(2**31) - 1}):
        error = await as_admin.refused(UPDATE, input={"id": a_member.id, **more})
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, more
