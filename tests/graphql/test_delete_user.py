"""Facts about removing an account for good."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.graphql.ids import global_id
from gql_users.models import Session
from gql_users.repositories.database import connect
from gql_users.services import Services
from tests.door import PASSWORD, Door, Person

DELETE = "mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { deletedUserId errors { code } } }"


async def test_a_removed_account_is_no_more(as_admin: Door, a_member: Person) -> None:
    payload = await as_admin.done("deleteUser", {"id": a_member.id}, "deletedUserId")

    assert payload["deletedUserId"] == a_member.id
    found = await as_admin.ask(
        "query ($id: ID!) { user(by: { id: $id }) { id } node(id: $id) { id } users { totalCount } }", id=a_member.id
    )
    assert found == {"user": None, "node": None, "users": {"totalCount": 1}}
    assert await as_admin.codes("deleteUser", {"id": a_member.id}) == [("NOT_FOUND", ["input", "id"])]


async def test_nobody_goes_on_using_a_removed_account(door: Door, as_admin: Door, a_member: Person) -> None:
    await as_admin.done("deleteUser", {"id": a_member.id})

    error = await door.as_(a_member).refused("{ me { id } }")
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    codes = await door.codes("refresh", {"refreshToken": a_member.refresh_token})
    assert codes == [("TOKEN_INVALID", None)]
    codes = await door.codes("login", {"email": a_member.email, "password": PASSWORD})
    assert codes == [("INVALID_CREDENTIALS", None)]
    assert await door.codes("logout", {"refreshToken": a_member.refresh_token}) == []


async def test_the_sessions_of_a_removed_account_go_with_it(
    door: Door, as_admin: Door, an_admin: Person, a_member: Person, settings: Settings
) -> None:
    await door.done("login", {"email": a_member.email, "password": PASSWORD})

    await as_admin.done("deleteUser", {"id": a_member.id})

    engine = connect(settings)
    async with engine.connect() as connection:
        owners = (await connection.scalars(select(Session.user_id))).all()
    await engine.dispose()
    assert owners == [an_admin.database_id]


async def test_a_number_is_never_given_again(door: Door, as_admin: Door) -> None:
    newest = await door.register("ann@example.com", username="ann")
    await as_admin.done("deleteUser", {"id": newest.id})

    again = await door.register("ann@example.com", username="ann")

    assert again.database_id > newest.database_id


async def test_only_admins_remove_accounts(
    door: Door, as_member: Door, a_member: Person, another_member: Person
) -> None:
    for whose in (a_member.id, another_member.id, global_id("User", 999_999)):
        error = await door.refused(DELETE, input={"id": whose})
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        payload = await as_member.do("deleteUser", {"id": whose}, "deletedUserId")
        assert [(error["__typename"], error["code"]) for error in payload["errors"]] == [
            ("ForbiddenError", "FORBIDDEN")
        ]
        assert payload["deletedUserId"] is None
    for person in (a_member, another_member):
        assert await door.codes("refresh", {"refreshToken": person.refresh_token}) == []


async def test_what_is_nobodys_id_is_not_found(as_admin: Door, a_member: Person) -> None:
    foreign = global_id("Session", a_member.database_id)

    for nobody in ("", "nonsense", "\x00", global_id("User", 999_999), foreign, a_member.id + "="):
        payload = await as_admin.do("deleteUser", {"id": nobody}, "deletedUserId")
        error = payload["errors"][0]
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND"), nobody
        assert payload["deletedUserId"] is None


async def test_the_last_active_admin_stays(
    as_admin: Door, an_admin: Person, another_member: Person, services: Services
) -> None:
    await services.administration.set_admin(OPERATOR, another_member.database_id, is_admin=True)
    await as_admin.done("deactivateUser", {"id": another_member.id})

    error = (await as_admin.do("deleteUser", {"id": an_admin.id}))["errors"][0]

    assert (error["__typename"], error["code"], error["path"]) == ("ConflictError", "LAST_ADMIN", None)
    assert (await as_admin.ask("{ me { isAdmin } }"))["me"] == {"isAdmin": True}


async def test_an_admin_leaves_when_there_is_another(
    as_admin: Door, an_admin: Person, another_member: Person, services: Services
) -> None:
    await services.administration.set_admin(OPERATOR, another_member.database_id, is_admin=True)

    assert await as_admin.codes("deleteUser", {"id": an_admin.id}) == []


async def test_two_admins_who_remove_each_other_at_once_leave_one(door: Door, services: Services) -> None:
    for turn in range(10):
        one, other = [await door.register(f"{name}-{turn}@example.com") for name in ("one", "other")]
        for person in (one, other):
            await services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)

        outcomes = await asyncio.gather(removal(door.as_(one), other), removal(door.as_(other), one))

        assert sorted(outcomes) in (["DONE", "FORBIDDEN"], ["DONE", "UNAUTHENTICATED"])


async def removal(door: Door, person: Person) -> str:
    """What becomes of removing the person's account: DONE, or the code of the refusal."""
    body = (await door.answer(DELETE, {"input": {"id": person.id}})).json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    errors = body["data"]["deleteUser"]["errors"]
    return str(errors[0]["code"]) if errors else "DONE"
