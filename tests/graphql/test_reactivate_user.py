"""Facts about opening a closed account again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gql_users.graphql.ids import global_id
from tests.door import PASSWORD, Door, Person, SettableClock

REACTIVATE = "mutation ($input: ReactivateUserInput!) { reactivateUser(input: $input) { errors { code } } }"
STATE = "user { isActive deactivatedAt updatedAt version }"


@pytest.fixture
async def a_closed_account(as_admin: Door, a_member: Person) -> Person:
    await as_admin.done("deactivateUser", {"id": a_member.id})
    return a_member


async def test_an_account_that_is_open_again_can_be_signed_in_to(
    door: Door, as_admin: Door, a_closed_account: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(minutes=10))

    payload = await as_admin.done("reactivateUser", {"id": a_closed_account.id}, STATE)

    then = "2026-03-01T12:10:00Z"
    assert payload["user"] == {"isActive": True, "deactivatedAt": None, "updatedAt": then, "version": 3}
    login = {"email": a_closed_account.email, "password": PASSWORD}
    assert await door.codes("login", login) == []


async def test_old_sessions_stay_ended(door: Door, as_admin: Door, a_closed_account: Person) -> None:
    await as_admin.done("reactivateUser", {"id": a_closed_account.id})

    error = await door.as_(a_closed_account).refused("{ me { id } }")
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    codes = await door.codes("refresh", {"refreshToken": a_closed_account.refresh_token})
    assert codes == [("TOKEN_INVALID", None)]


async def test_rights_come_back_with_the_account(door: Door, as_admin: Door, a_closed_account: Person) -> None:
    await as_admin.done("setUserAdmin", {"id": a_closed_account.id, "isAdmin": True})

    payload = await as_admin.done("reactivateUser", {"id": a_closed_account.id}, "user { isActive isAdmin }")

    assert payload["user"] == {"isActive": True, "isAdmin": True}


async def test_opening_what_is_open_changes_nothing(
    door: Door, as_admin: Door, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(minutes=10))

    payload = await as_admin.done("reactivateUser", {"id": a_member.id}, STATE)

    noon = "2026-03-01T12:00:00Z"
    assert payload["user"] == {"isActive": True, "deactivatedAt": None, "updatedAt": noon, "version": 1}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == []


async def test_only_admins_open_accounts(door: Door, another_member: Person, a_closed_account: Person) -> None:
    as_another = door.as_(another_member)

    for whose in (a_closed_account.id, another_member.id, global_id("User", 999_999)):
        stranger = await door.refused(REACTIVATE, input={"id": whose})
        owner = await door.as_(a_closed_account).refused(REACTIVATE, input={"id": whose})
        assert stranger["extensions"] == {"code": "UNAUTHENTICATED"}
        assert owner["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
        assert await as_another.codes("reactivateUser", {"id": whose}) == [("FORBIDDEN", None)]
    login = {"email": a_closed_account.email, "password": PASSWORD}
    assert await door.codes("login", login) == [("INVALID_CREDENTIALS", None)]


async def test_what_is_nobodys_id_is_not_found(as_admin: Door, a_closed_account: Person) -> None:
    foreign = global_id("Session", a_closed_account.database_id)

    for nobody in ("", "nonsense", "\x00", global_id("User", 999_999), foreign, a_closed_account.id + "="):
        error = (await as_admin.do("reactivateUser", {"id": nobody}))["errors"][0]
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND"), nobody
