"""Facts about changing parts of a profile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from gql_users.graphql.ids import global_id
from tests.door import Door, Person, SettableClock

PATCH = "mutation ($input: PatchUserInput!) { patchUser(input: $input) { user { id } errors { code path } } }"
PROFILE = "email username name firstName lastName age version updatedAt"


async def patched(door: Door, person: Person, **said: Any) -> Any:
    """What an account says after a patch."""
    return (await door.done("patchUser", {"id": person.id, **said}, f"user {{ {PROFILE} }}"))["user"]


async def codes(door: Door, **input: Any) -> list[tuple[str, list[str] | None]]:
    """Why a patch is refused."""
    return await door.codes("patchUser", input)


async def test_what_is_left_out_stays_and_null_empties(as_member: Door, a_member: Person, clock: SettableClock) -> None:
    before = await patched(as_member, a_member, firstName="Mia", lastName="Lee", age=40)
    clock.advance(timedelta(minutes=10))

    after = await patched(as_member, a_member, age=None, lastName=None, firstName="Maria")

    changed = {"age": None, "lastName": None, "firstName": "Maria"}
    assert after == {**before, **changed, "version": 3, "updatedAt": "2026-03-01T12:10:00Z"}


async def test_a_patch_that_changes_nothing_leaves_the_version(
    as_member: Door, a_member: Person, clock: SettableClock
) -> None:
    before = await patched(as_member, a_member, firstName="Mia", age=40)
    clock.advance(timedelta(minutes=10))

    assert await patched(as_member, a_member) == before
    assert await patched(as_member, a_member, age=40, firstName=" Mia ", lastName=None, username="mia") == before
    assert await patched(as_member, a_member, name="Mia Member", expectedVersion=2) == before


async def test_a_name_that_was_filled_follows_and_one_that_was_given_stays(door: Door) -> None:
    filled = await door.register("filled@example.com", firstName="Ann", lastName="Lee")
    given = await door.register("given@example.com", firstName="Ann", lastName="Lee", name="Annie")

    for person, name in ((filled, "Ann Fox"), (given, "Annie")):
        assert (await patched(door.as_(person), person, lastName="Fox"))["name"] == name

    assert (await patched(door.as_(filled), filled, firstName=None, lastName=None))["name"] == "filled"
    assert (await patched(door.as_(given), given, name=None))["name"] == "Ann Fox"
    assert (await patched(door.as_(given), given, firstName="Eve"))["name"] == "Eve Fox"


async def test_a_filled_name_follows_even_where_it_had_to_be_cut(door: Door) -> None:
    person = await door.register("long@example.com", firstName="x" * 100, lastName="y" * 98 + " z")

    after = await patched(door.as_(person), person, firstName="Ann", lastName="Lee")

    assert after["name"] == "Ann Lee"


async def test_a_patch_of_another_version_is_refused(as_member: Door, a_member: Person) -> None:
    before = await patched(as_member, a_member, age=40, expectedVersion=1)

    for age in (41, 40):
        payload = await as_member.do("patchUser", {"id": a_member.id, "age": age, "expectedVersion": 1})
        error = payload["errors"][0]
        assert (error["code"], error["path"]) == ("VERSION_MISMATCH", ["input", "expectedVersion"])
        assert error["currentVersion"] == 2
    assert await patched(as_member, a_member) == before


async def test_of_ten_patches_of_one_version_at_once_one_is_done(as_member: Door, a_member: Person) -> None:
    patches = [codes(as_member, id=a_member.id, age=age, expectedVersion=1) for age in range(10)]

    outcomes = await asyncio.gather(*patches)

    assert sorted(outcomes) == [[], *[[("VERSION_MISMATCH", ["input", "expectedVersion"])]] * 9]
    assert (await patched(as_member, a_member))["version"] == 2


async def test_patches_of_different_fields_at_once_are_all_done(as_member: Door, a_member: Person) -> None:
    said = {"age": 40, "firstName": "Mia", "lastName": "Lee", "username": "mialee", "name": "M"}

    await asyncio.gather(*(patched(as_member, a_member, **{field: value}) for field, value in said.items()))

    after = await patched(as_member, a_member)
    assert (after["age"], after["firstName"], after["lastName"]) == (40, "Mia", "Lee")
    assert (after["username"], after["name"], after["version"]) == ("mialee", "M", 6)


async def test_members_set_no_address_but_may_repeat_their_own(as_member: Door, a_member: Person) -> None:
    assert await codes(as_member, id=a_member.id, email="new@example.com") == [("FORBIDDEN", ["input", "email"])]
    assert await codes(as_member, id=a_member.id, email=a_member.email) == []


async def test_admins_set_addresses(as_admin: Door, a_member: Person) -> None:
    assert (await patched(as_admin, a_member, email="mia@example.com"))["email"] == "mia@example.com"
    assert await codes(as_admin, id=a_member.id, email="admin@EXAMPLE.com") == [("EMAIL_TAKEN", ["input", "email"])]


async def test_usernames_are_taken_once(as_member: Door, a_member: Person, another_member: Person) -> None:
    assert await codes(as_member, id=a_member.id, username="OTTO", age=7) == [("USERNAME_TAKEN", ["input", "username"])]
    after = await patched(as_member, a_member, username="MIA")
    assert (after["username"], after["age"]) == ("MIA", None)


async def test_strangers_are_asked_to_sign_in(door: Door, a_member: Person) -> None:
    assert (await door.refused(PATCH, input={"id": a_member.id}))["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_somebody_elses_account_looks_like_none(as_member: Door, another_member: Person) -> None:
    said = {"age": 999, "email": "new@example.com", "expectedVersion": 7}

    somebody = await as_member.do("patchUser", {"id": another_member.id, **said}, "user { id }")

    assert somebody == await as_member.do("patchUser", {"id": global_id("User", 999_999), **said}, "user { id }")
    assert [error["code"] for error in somebody["errors"]] == ["NOT_FOUND"]


async def test_admins_patch_everybody(as_admin: Door, a_member: Person) -> None:
    assert (await patched(as_admin, a_member, age=40))["age"] == 40


async def test_what_is_nobodys_id_is_not_found(as_admin: Door, a_member: Person) -> None:
    number = a_member.database_id
    unusual = (f"0{number}", f"+{number}", f" {number}", f"{number}\n", "-1", "0", "٤", "999999", "9" * 400)
    foreign = [global_id(kind, number) for kind in ("Session", "user", "User ", "")]
    odd = ["", "=", "nonsense", "\x00", "\ud800", "ü", str(number), a_member.id + "=", " " + a_member.id]

    for nobody in [*odd, *foreign, *(global_id("User", each) for each in unusual)]:
        assert [code for code, _ in await codes(as_admin, id=nobody, age=7)] == ["NOT_FOUND"], ascii(nobody)


async def test_a_number_beyond_all_accounts_is_not_found(as_admin: Door, as_member: Door) -> None:
    for number in (2**63 - 1, 2**63, 10**19 - 1):
        for door in (as_member, as_admin):
            assert await codes(door, id=global_id("User", number)) == [("NOT_FOUND", ["input", "id"])]


async def test_hostile_text_is_refused_wherever_it_stands(as_admin: Door, a_member: Person) -> None:
    hostile = ["\x00", "a\x00b", "\x1f", "\x7f", "\x9f", "a\r\nb", "\ud800", "a\udfff", "\u2028", "", " ", "x" * 5000]

    for text in hostile:
        for field in ("username", "name", "firstName", "lastName", "email"):
            assert await codes(as_admin, id=a_member.id, **{field: text}) == [("INVALID", ["input", field])]


async def test_text_that_normalisation_makes_too_long_is_too_long(as_admin: Door, a_member: Person) -> None:
    grown = {
        "username": "\ufb03" * 22,  # ffi, as one character
        "name": "\ufdfa" * 12,  # a whole phrase, as one character
        "firstName": "\u0958" * 51,  # a letter and its dot, as one character
        "lastName": "\u0958" * 51,
        "email": "\ufb03" * 85 + "@example.com",
    }

    for field, text in grown.items():
        assert await codes(as_admin, id=a_member.id, **{field: text}) == [("INVALID", ["input", field])]


async def test_an_address_cannot_be_emptied(as_admin: Door, a_member: Person) -> None:
    assert await codes(as_admin, id=a_member.id, email=None) == [("INVALID", ["input", "email"])]


async def test_what_no_field_can_hold_is_bad_input(as_admin: Door, a_member: Person) -> None:
    numbers = ({"age": 2**31}, {"age": "40"}, {"age": 1.5}, {"age": 10**400}, {"expectedVersion": 2**63})
    strange = ({"isAdmin": True}, {"isActive": False}, {"version": 9}, {"createdAt": None})

    for more in (*numbers, *strange):
        error = await as_admin.refused(PATCH, input={"id": a_member.id, **more})
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, list(more)
