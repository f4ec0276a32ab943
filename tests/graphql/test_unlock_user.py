"""Facts about letting somebody try again."""

from __future__ import annotations

from gql_users.graphql.ids import global_id
from tests.door import PASSWORD, Door, Person
from tests.guessing import HERE, from_another_network, guess, told

UNLOCK = "mutation ($input: UnlockUserInput!) { unlockUser(input: $input) { user { id } errors { code path } } }"
LIMITED = [("RATE_LIMITED", None)]


async def test_an_admin_lets_an_account_be_tried_again_at_once(door: Door, as_admin: Door, a_member: Person) -> None:
    await guess(door, 11, email=a_member.email)
    await guess(door, 11, username="mia")

    payload = await as_admin.done("unlockUser", {"id": a_member.id}, "user { id }")

    assert payload["user"] == {"id": a_member.id}
    for identifier in ({"email": a_member.email}, {"username": "mia"}):
        assert await guess(door, 9, **identifier) == ["INVALID_CREDENTIALS"] * 9
        assert await door.codes("login", {**identifier, "password": PASSWORD}) == []


async def test_it_is_unlocked_for_every_network(door: Door, as_admin: Door, a_member: Person) -> None:
    login = {"email": a_member.email, "password": PASSWORD}
    async with from_another_network(door) as elsewhere:
        for somebody in (door, elsewhere):
            await guess(somebody, 11, email=a_member.email)

        await as_admin.done("unlockUser", {"id": a_member.id})

        assert [await somebody.codes("login", login) for somebody in (door, elsewhere)] == [[], []]


async def test_other_accounts_stay_as_they_are(
    door: Door, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    await guess(door, 11, email=another_member.email)

    await as_admin.done("unlockUser", {"id": a_member.id})

    assert await door.codes("login", {"email": another_member.email, "password": PASSWORD}) == LIMITED


async def test_an_account_that_nobody_tried_can_be_unlocked_too(as_admin: Door, a_member: Person) -> None:
    assert await as_admin.codes("unlockUser", {"id": a_member.id}) == []


async def test_unlocking_is_told_with_who_did_it(as_admin: Door, an_admin: Person, a_member: Person) -> None:
    await as_admin.done("unlockUser", {"id": a_member.id})

    (event,) = await told(as_admin, "UNLOCKED")

    assert event == {
        "kind": "UNLOCKED",
        "user": {"id": a_member.id},
        "actor": {"id": an_admin.id},
        "ipAddress": HERE,
        "details": None,
    }


async def test_a_member_unlocks_nobody(
    door: Door, as_member: Door, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    await guess(door, 11, email=a_member.email)

    for unlocked in (a_member.id, another_member.id, global_id("User", 999), "nonsense"):
        assert await as_member.codes("unlockUser", {"id": unlocked}) == [("FORBIDDEN", None)], unlocked

    assert await door.codes("login", {"email": a_member.email, "password": PASSWORD}) == LIMITED
    assert await told(as_admin, "UNLOCKED") == []


async def test_a_stranger_unlocks_nobody(door: Door, as_admin: Door, a_member: Person) -> None:
    await guess(door, 11, email=a_member.email)

    error = await door.refused(UNLOCK, input={"id": a_member.id})

    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert await door.codes("login", {"email": a_member.email, "password": PASSWORD}) == LIMITED
    assert await told(as_admin, "UNLOCKED") == []


async def test_whom_nobody_knows_cannot_be_unlocked(as_admin: Door) -> None:
    for unlocked in (global_id("User", 999), global_id("User", 2**70), global_id("Session", 1), "nonsense", "", "\x00"):
        assert await as_admin.codes("unlockUser", {"id": unlocked}) == [("NOT_FOUND", ["input", "id"])], unlocked

    assert await told(as_admin, "UNLOCKED") == []
