"""One database connection is enough for everything: a unit of work inside another would wait for a second one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from graphql import GraphQLObjectType, build_schema

from gql_users import Settings, create_app
from gql_users.graphql.schema import printed
from gql_users.mail.senders import MemorySender
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person
from tests.following import a_stream
from tests.postbox import deliver_all
from tests.serving import serving

QUESTIONS = {
    "me": "{ me { id } }",
    "user": '{ user(by: {email: "admin@example.com"}) { id } }',
    "users": "{ users { totalCount nodes { id } } }",
    "node": "query ($id: ID!) { node(id: $id) { id } }",
    "nodes": "query ($id: ID!) { nodes(ids: [$id]) { id } }",
    "events": "{ events { totalCount nodes { actor { id } user { sessions { totalCount } events { totalCount } } } } }",
    "serviceInfo": "{ serviceInfo { version } }",
}


BY_LETTER = {
    "resetPassword": {"email": "ann@example.com", "code": "123456", "newPassword": "another good one"},
    "verifyEmail": {"email": "ann@example.com", "code": "123456"},
    "confirmEmailChange": {"token": "nonsense"},
}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service with one connection."""
    return make_settings(pool_size=1)


def deeds(admin: Person, member: Person) -> list[tuple[str, dict[str, Any]]]:
    """Every mutation, in an order in which each succeeds."""
    other, token = {"id": member.id}, {"refreshToken": admin.refresh_token}
    return [
        ("register", {"email": "new@example.com", "password": PASSWORD}),
        ("login", {"username": "ada", "password": PASSWORD}),
        ("refresh", token),
        ("refresh", token),  # gives the same successor again
        ("createUser", {"email": "made@example.com", "password": PASSWORD}),
        ("updateUser", {**other, "name": "Ann"}),
        ("patchUser", {**other, "age": 30}),
        ("setUserAdmin", {**other, "isAdmin": True}),
        ("setUserAdmin", {**other, "isAdmin": False}),
        ("unlockUser", other),
        ("deactivateUser", other),
        ("reactivateUser", other),
        ("deleteUser", other),
        ("requestPasswordReset", {"email": "new@example.com"}),
        ("requestEmailVerification", {"email": "new@example.com"}),
        ("requestEmailChange", {"newEmail": "elsewhere@example.com", "currentPassword": PASSWORD}),
        ("changePassword", {"currentPassword": PASSWORD, "newPassword": "another good one"}),
        ("logout", {**token, "scope": "OTHERS"}),
        ("logout", {**token, "scope": "CURRENT"}),
    ]


def fields_of(kind: str) -> set[str]:
    """What the schema offers under this root."""
    root = build_schema(printed()).type_map[kind]
    assert isinstance(root, GraphQLObjectType)
    return set(root.fields)


async def test_one_connection_is_enough_for_every_question(as_admin: Door, an_admin: Person) -> None:
    assert set(QUESTIONS) == fields_of("Query")

    for question in QUESTIONS.values():
        await as_admin.ask(question, **({"id": an_admin.id} if "$id" in question else {}))


async def test_one_connection_is_enough_for_every_deed(as_admin: Door, an_admin: Person, a_member: Person) -> None:
    by = {"id": a_member.id}
    found = await as_admin.ask("query ($by: UserBy!) { user(by: $by) { sessions { nodes { id } } } }", by=by)
    every = [("revokeSession", found["user"]["sessions"]["nodes"][0]), *deeds(an_admin, a_member)]
    assert {name for name, _ in every} | {*BY_LETTER} == fields_of("Mutation")

    for name, given in BY_LETTER.items():
        assert await as_admin.codes(name, given) == [("TOKEN_INVALID", None)]
    for name, given in every:
        await as_admin.done(name, given)


async def test_one_connection_is_enough_for_what_is_refused_half_way(
    as_admin: Door, an_admin: Person, a_member: Person
) -> None:
    refusals: list[tuple[str, dict[str, Any], str]] = [
        ("patchUser", {"id": a_member.id, "age": 30, "expectedVersion": 9}, "VERSION_MISMATCH"),
        ("patchUser", {"id": a_member.id, "username": "ada"}, "USERNAME_TAKEN"),
        ("deleteUser", {"id": an_admin.id}, "LAST_ADMIN"),
        ("login", {"username": "ada", "password": "wrong"}, "INVALID_CREDENTIALS"),
        ("changePassword", {"currentPassword": "wrong", "newPassword": "another good one"}, "INVALID_CREDENTIALS"),
    ]
    for _ in range(2):
        payload = await as_admin.done("refresh", {"refreshToken": a_member.refresh_token}, "tokens { refreshToken }")
    await as_admin.done("refresh", payload["tokens"])

    reused = await as_admin.codes("refresh", {"refreshToken": a_member.refresh_token})

    assert [code for code, _ in reused] == ["TOKEN_REUSED"]
    for name, given, code in refusals:
        assert [each for each, _ in await as_admin.codes(name, given)] == [code]


async def test_one_connection_is_enough_for_a_quiet_registration_and_its_letter(make_settings: MakeSettings) -> None:
    sender = MemorySender()
    app = create_app(make_settings(pool_size=1, registration="quiet"), sender=sender)

    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        for email in ("ann@example.com", "ben@example.com"):
            await Door(http).done("register", {"email": email, "password": PASSWORD})
        await deliver_all(app.state.services.delivery)

    assert len(sender.sent) == 2


async def test_one_connection_is_enough_beside_the_one_that_hears_of_changes(as_admin: Door, an_admin: Person) -> None:
    assert fields_of("Subscription") == {"userChanged"}

    async with a_stream(as_admin) as one, a_stream(as_admin) as other:
        await as_admin.done("patchUser", {"id": an_admin.id, "age": 30})

        assert await one.change() == await other.change()


async def test_one_connection_is_enough_for_rest(door: Door) -> None:
    http = door.http
    created = (await http.post("/users", json={"name": "Ann", "email": "ann@example.com"})).json()
    path = f"/users/{created['id']}"

    answers = [
        await http.get("/ready"),
        await http.get("/users"),
        await http.get(path),
        await http.put(path, json={"name": "Ann", "email": "ann@example.com", "is_active": True}),
        await http.patch(path, json={"is_active": False}),
        await http.delete(path),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 204]
