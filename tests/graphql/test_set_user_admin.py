"""Facts about granting and withdrawing admin rights."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from gql_users.access import OPERATOR
from gql_users.graphql.ids import global_id
from gql_users.services import Services
from tests.door import PASSWORD, Door, Person, SettableClock

SET_ADMIN = "mutation ($input: SetUserAdminInput!) { setUserAdmin(input: $input) { errors { code } } }"
STATE = "user { isAdmin updatedAt version }"


async def test_rights_are_there_at_once(door: Door, as_admin: Door, a_member: Person, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=10))

    payload = await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True}, STATE)

    assert payload["user"] == {"isAdmin": True, "updatedAt": "2026-03-01T12:10:00Z", "version": 2}
    assert await door.as_(a_member).ask("{ users { totalCount } }") == {"users": {"totalCount": 2}}


async def test_who_loses_rights_is_signed_out_everywhere(
    door: Door, as_admin: Door, a_member: Person, clock: SettableClock
) -> None:
    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})
    clock.advance(timedelta(minutes=10))

    payload = await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": False}, STATE)

    assert payload["user"] == {"isAdmin": False, "updatedAt": "2026-03-01T12:10:00Z", "version": 3}
    error = await door.as_(a_member).refused("{ users { totalCount } }")
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    codes = await door.codes("refresh", {"refreshToken": a_member.refresh_token})
    assert codes == [("TOKEN_INVALID", None)]
    again = await signed_in(door, a_member)
    assert (await again.refused("{ users { totalCount } }"))["extensions"] == {"code": "FORBIDDEN"}


async def test_rights_that_are_what_they_were_change_nothing(
    door: Door, as_admin: Door, an_admin: Person, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(minutes=10))

    of_member = await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": False}, STATE)
    of_admin = await as_admin.done("setUserAdmin", {"id": an_admin.id, "isAdmin": True}, STATE)

    noon = "2026-03-01T12:00:00Z"
    assert of_member["user"] == {"isAdmin": False, "updatedAt": noon, "version": 1}
    assert of_admin["user"] == {"isAdmin": True, "updatedAt": noon, "version": 2}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == []


async def test_only_admins_change_rights(
    door: Door, as_member: Door, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    for whose in (a_member.id, another_member.id, global_id("User", 999_999)):
        error = await door.refused(SET_ADMIN, input={"id": whose, "isAdmin": True})
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        assert await as_member.codes("setUserAdmin", {"id": whose, "isAdmin": True}) == [("FORBIDDEN", None)]
    admins = await as_admin.ask("{ users(filter: { isAdmin: true }) { nodes { email } } }")
    assert admins == {"users": {"nodes": [{"email": "admin@example.com"}]}}


async def test_what_is_nobodys_id_is_not_found(as_admin: Door, a_member: Person) -> None:
    foreign = global_id("Session", a_member.database_id)

    for nobody in ("", "nonsense", "\x00", global_id("User", 999_999), foreign, a_member.id + "="):
        for is_admin in (True, False):
            error = (await as_admin.do("setUserAdmin", {"id": nobody, "isAdmin": is_admin}))["errors"][0]
            assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND"), nobody


async def test_it_must_be_said_which_way(as_admin: Door, a_member: Person) -> None:
    for said in ({}, {"isAdmin": None}, {"isAdmin": "true"}, {"isAdmin": 1}):
        error = await as_admin.refused(SET_ADMIN, input={"id": a_member.id, **said})
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, said


async def test_the_last_active_admin_stays(as_admin: Door, an_admin: Person, another_member: Person) -> None:
    await as_admin.done("setUserAdmin", {"id": another_member.id, "isAdmin": True})
    await as_admin.done("deactivateUser", {"id": another_member.id})

    error = (await as_admin.do("setUserAdmin", {"id": an_admin.id, "isAdmin": False}))["errors"][0]

    assert (error["__typename"], error["code"], error["path"]) == ("ConflictError", "LAST_ADMIN", None)
    assert (await as_admin.ask("{ me { isAdmin } }"))["me"] == {"isAdmin": True}


async def test_an_admin_who_is_deactivated_can_always_be_demoted(as_admin: Door, another_member: Person) -> None:
    await as_admin.done("setUserAdmin", {"id": another_member.id, "isAdmin": True})
    await as_admin.done("deactivateUser", {"id": another_member.id})

    payload = await as_admin.done("setUserAdmin", {"id": another_member.id, "isAdmin": False}, "user { isAdmin }")

    assert payload["user"] == {"isAdmin": False}


async def test_an_admin_steps_down_when_there_is_another(
    as_admin: Door, an_admin: Person, another_member: Person
) -> None:
    await as_admin.done("setUserAdmin", {"id": another_member.id, "isAdmin": True})

    payload = await as_admin.done("setUserAdmin", {"id": an_admin.id, "isAdmin": False}, "user { isAdmin }")

    assert payload["user"] == {"isAdmin": False}


async def test_two_admins_who_demote_each_other_at_once_leave_one(door: Door, services: Services) -> None:
    people = [await door.register(f"{name}@example.com") for name in ("one", "other")]

    for _ in range(10):
        for person in people:
            await services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
        one, other = [await signed_in(door, person) for person in people]

        outcomes = await asyncio.gather(demotion(one, people[1]), demotion(other, people[0]))

        assert sorted(outcomes) in (["DONE", "FORBIDDEN"], ["DONE", "UNAUTHENTICATED"])


async def test_two_admins_who_step_down_at_once_leave_one(door: Door, services: Services) -> None:
    people = [await door.register(f"{name}@example.com") for name in ("one", "other")]

    for _ in range(10):
        for person in people:
            await services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
        one, other = [await signed_in(door, person) for person in people]

        outcomes = await asyncio.gather(demotion(one, people[0]), demotion(other, people[1]))

        assert sorted(outcomes) == ["DONE", "LAST_ADMIN"]


async def signed_in(door: Door, person: Person) -> Door:
    """The door for the person, in a new session."""
    login = {"email": person.email, "password": PASSWORD}
    return door.showing((await door.done("login", login, "tokens { accessToken }"))["tokens"]["accessToken"])


async def demotion(door: Door, person: Person) -> str:
    """What becomes of withdrawing the person's rights: DONE, or the code of the refusal."""
    body = (await door.answer(SET_ADMIN, {"input": {"id": person.id, "isAdmin": False}})).json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    errors = body["data"]["setUserAdmin"]["errors"]
    return str(errors[0]["code"]) if errors else "DONE"
