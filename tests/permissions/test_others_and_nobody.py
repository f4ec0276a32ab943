"""Facts about other people's ids: they answer the same bytes as ids that nobody has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from gql_users import create_app
from gql_users.graphql.ids import global_id
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.permissions.deeds import DEEDS
from tests.permissions.routes import ONE, USERS, body
from tests.serving import serving

NOBODY = 999_999
NO_UUID = UUID(int=7)

READS = {
    "node": "query ($id: ID!) { node(id: $id) { id } }",
    "nodes": "query ($id: ID!) { nodes(ids: [$id]) { id } }",
    "user": "query ($id: ID!) { user(by: {id: $id}) { id sessions { totalCount } events { totalCount } } }",
    "user by number": "query ($id: BigInt!) { user(by: {databaseId: $id}) { id } }",
    "user by address": "query ($id: String!) { user(by: {email: $id}) { id } }",
    "user by username": "query ($id: String!) { user(by: {username: $id}) { id } }",
}


@pytest.fixture
async def theirs(door: Door, another_member: Person) -> dict[str, str]:
    """The ids of what belongs to somebody else."""
    query = "{ me { id sessions { nodes { id } } events { nodes { id } } } }"
    me = (await door.as_(another_member).ask(query))["me"]
    return {"User": me["id"], "Session": me["sessions"]["nodes"][0]["id"], "Event": me["events"]["nodes"][0]["id"]}


NOBODYS = {
    "User": global_id("User", NOBODY),
    "Session": global_id("Session", NO_UUID),
    "Event": global_id("Event", NO_UUID),
}


async def test_what_is_read_by_somebody_elses_id_is_what_is_read_by_nobodys(
    as_member: Door, another_member: Person, theirs: dict[str, str]
) -> None:
    by_id = [(read, theirs[kind], NOBODYS[kind]) for kind in NOBODYS for read in ("node", "nodes", "user")]
    by_others: list[tuple[str, object, object]] = [
        ("user by number", another_member.database_id, NOBODY),
        ("user by address", another_member.email, "nobody@example.com"),
        ("user by username", "otto", "nobody"),
    ]

    for read, other, nobody in [*by_id, *by_others]:
        of_other = await as_member.answer(READS[read], {"id": other})
        of_nobody = await as_member.answer(READS[read], {"id": nobody})
        assert of_other.content == of_nobody.content, (read, other)
        assert "errors" not in of_other.json()


async def test_what_is_done_to_somebody_elses_id_is_refused_as_with_nobodys(
    as_member: Door, a_member: Person, theirs: dict[str, str]
) -> None:
    inputs: dict[str, dict[str, Any]] = {
        "deactivateUser": {},
        "deleteUser": {},
        "reactivateUser": {},
        "revokeSession": {},
        "unlockUser": {},
        "patchUser": {"age": 30, "email": "new@example.com", "expectedVersion": 7},
        "setUserAdmin": {"isAdmin": True},
        "updateUser": {"username": "otto"},
    }
    about_somebody = {name for name, deed in DEEDS.items() if name not in DEEDS_ON_ONESELF}
    assert set(inputs) == about_somebody

    for name, given in inputs.items():
        kind = "Session" if name == "revokeSession" else "User"
        query = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {ERRORS} }} }}"
        targets = (theirs[kind], NOBODYS[kind], "nonsense")
        answers = [(await as_member.answer(query, {"input": {"id": each, **given}})).content for each in targets]
        assert answers[0] == answers[1] == answers[2], name
        assert b'"code":"NOT_FOUND"' in answers[0] or b'"code":"FORBIDDEN"' in answers[0], answers[0]


DEEDS_ON_ONESELF = {"changePassword", "createUser", "login", "logout", "refresh", "register", "requestEmailChange"} | {
    "confirmEmailChange",
    "requestEmailVerification",
    "requestPasswordReset",
    "resetPassword",
    "verifyEmail",
}
ERRORS = "__typename errors { __typename code message path }"


@pytest.fixture(params=USERS)
async def users_routes(
    request: pytest.FixtureRequest, make_settings: MakeSettings, clock: SettableClock, a_member: Person
) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """The routes of each contract for a member, where members may act on themselves."""
    app = create_app(make_settings(rest_contract=request.param, rest_access="authenticated"), clock=clock)
    headers = {"Authorization": f"Bearer {a_member.access_token}"}
    async with serving(app) as url, httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http:
        yield request.param, http


async def test_rest_answers_the_same_for_somebody_elses_number_and_nobodys(
    users_routes: tuple[str, httpx.AsyncClient], a_member: Person, another_member: Person
) -> None:
    contract, http = users_routes

    for method, path in USERS[contract]:
        sent = body(contract, f"{method} {path}", a_member, "new@example.com")
        if path != ONE:
            continue
        of_other = await http.request(method, f"/users/{another_member.database_id}", json=sent)
        of_nobody = await http.request(method, f"/users/{NOBODY}", json=sent)
        assert (of_other.status_code, of_other.content) == (of_nobody.status_code, of_nobody.content), method
        assert of_other.status_code in {403, 404}
