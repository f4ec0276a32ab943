"""Facts about closing an account."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from gql_users.access import OPERATOR
from gql_users.graphql.ids import global_id
from gql_users.services import Services
from tests.door import PASSWORD, Door, Person, SettableClock

DEACTIVATE = "mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { errors { code } } }"
STATE = "user { isActive deactivatedAt updatedAt version }"


async def test_a_closed_account_says_since_when(as_admin: Door, a_member: Person, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=10))

    payload = await as_admin.done("deactivateUser", {"id": a_member.id}, STATE)

    then = "2026-03-01T12:10:00Z"
    assert payload["user"] == {"isActive": False, "deactivatedAt": then, "updatedAt": then, "version": 2}


async def test_closing_twice_is_the_same_as_once(as_admin: Door, a_member: Person, clock: SettableClock) -> None:
    once = await as_admin.done("deactivateUser", {"id": a_member.id}, STATE)
    clock.advance(timedelta(minutes=10))

    twice = await as_admin.done("deactivateUser", {"id": a_member.id}, STATE)

    assert twice == once


async def test_nobody_goes_on_using_a_closed_account(door: Door, as_admin: Door, a_member: Person) -> None:
    select = "tokens { accessToken refreshToken }"
    login = {"email": a_member.email, "password": PASSWORD}
    elsewhere = (await door.done("login", login, select))["tokens"]

    await as_admin.done("deactivateUser", {"id": a_member.id})

    for token in (a_member.access_token, elsewhere["accessToken"]):
        error = await door.showing(token).refused("{ me { id } }")
        assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    for token in (a_member.refresh_token, elsewhere["refreshToken"]):
        assert await door.codes("refresh", {"refreshToken": token}) == [("TOKEN_INVALID", None)]
    assert await door.codes("login", login) == [("INVALID_CREDENTIALS", None)]


async def test_a_closed_account_keeps_its_address_and_its_username(
    door: Door, as_admin: Door, a_member: Person
) -> None:
    await as_admin.done("deactivateUser", {"id": a_member.id})

    taken = {"email": a_member.email, "username": "somebody", "password": PASSWORD}
    assert await door.codes("register", taken) == [("EMAIL_TAKEN", ["input", "email"])]
    taken = {"email": "new@example.com", "username": "mia", "password": PASSWORD}
    assert await door.codes("register", taken) == [("USERNAME_TAKEN", ["input", "username"])]


async def test_members_close_their_own_account(door: Door, as_member: Door, a_member: Person) -> None:
    payload = await as_member.done("deactivateUser", {"id": a_member.id}, "user { isActive }")

    assert payload["user"] == {"isActive": False}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == [("TOKEN_INVALID", None)]


async def test_strangers_are_asked_to_sign_in(door: Door, a_member: Person) -> None:
    error = await door.refused(DEACTIVATE, input={"id": a_member.id})

    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == []


async def test_somebody_elses_account_looks_like_none(door: Door, as_member: Door, another_member: Person) -> None:
    somebody = await as_member.do("deactivateUser", {"id": another_member.id}, STATE)

    assert somebody == await as_member.do("deactivateUser", {"id": global_id("User", 999_999)}, STATE)
    assert [error["code"] for error in somebody["errors"]] == ["NOT_FOUND"]
    assert await door.codes("refresh", {"refreshToken": another_member.refresh_token}) == []


async def test_what_is_nobodys_id_is_not_found(as_admin: Door, a_member: Person) -> None:
    foreign = global_id("Session", a_member.database_id)

    for nobody in ("", "nonsense", "\x00", global_id("User", 999_999), foreign, a_member.id + "="):
        error = (await as_admin.do("deactivateUser", {"id": nobody}))["errors"][0]
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND"), nobody


async def test_the_last_active_admin_stays(
    as_admin: Door, an_admin: Person, another_member: Person, services: Services
) -> None:
    await services.administration.set_admin(OPERATOR, another_member.database_id, is_admin=True)
    await as_admin.done("deactivateUser", {"id": another_member.id})

    error = (await as_admin.do("deactivateUser", {"id": an_admin.id}))["errors"][0]

    assert (error["__typename"], error["code"], error["path"]) == ("ConflictError", "LAST_ADMIN", None)
    assert (await as_admin.ask("{ me { isActive isAdmin } }"))["me"] == {"isActive": True, "isAdmin": True}


async def test_an_admin_leaves_when_there_is_another(
    as_admin: Door, an_admin: Person, another_member: Person, services: Services
) -> None:
    await services.administration.set_admin(OPERATOR, another_member.database_id, is_admin=True)

    assert await as_admin.codes("deactivateUser", {"id": an_admin.id}) == []


async def test_two_admins_who_close_each_others_account_at_once_leave_one(door: Door, services: Services) -> None:
    people = [await door.register(f"{name}@example.com") for name in ("one", "other")]
    for person in people:
        await services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)

    for _ in range(10):
        one, other = [await signed_in(door, person) for person in people]
        outcomes = await asyncio.gather(closing(one, people[1]), closing(other, people[0]))
        assert sorted(outcomes) in (["DONE", "FORBIDDEN"], ["DONE", "UNAUTHENTICATED"])
        for person in people:
            await services.administration.reactivate(OPERATOR, person.database_id)


async def signed_in(door: Door, person: Person) -> Door:
    """The door for the person, in a new session."""
    login = {"email": person.email, "password": PASSWORD}
    return door.showing((await door.done("login", login, "tokens { accessToken }"))["tokens"]["accessToken"])


async def closing(door: Door, person: Person) -> str:
    """What becomes of closing the person's account: DONE, or the code of the refusal."""
    body = (await door.answer(DEACTIVATE, {"input": {"id": person.id}})).json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    errors = body["data"]["deactivateUser"]["errors"]
    return str(errors[0]["code"]) if errors else "DONE"
