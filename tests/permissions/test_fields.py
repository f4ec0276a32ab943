"""Facts about who reads what: every field, asked for alone by each of the five callers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import Door, Person
from tests.permissions.callers import Cast
from tests.permissions.cells import EMPTY, NULL, VALUE, Caller, Outcome
from tests.permissions.fields import ARGUMENTS, BLOCKED, FIELDS, WAYS
from tests.permissions.schema import selection


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """One wrong password is enough to have to wait."""
    return make_settings(account_attempts=1)


@pytest.fixture
async def subject(door: Door) -> Person:
    """A member of whom everything is known, and whose last event tells all that one can tell."""
    names = {"username": "mia", "name": "Mia", "firstName": "Mia", "lastName": "Member"}
    member = await door.register("mia@example.com", **names)
    await door.as_(member).done("patchUser", {"id": member.id, "age": 30})
    await door.register("lena@example.com")
    await door.codes("login", {"email": BLOCKED, "password": "wrong"})
    return member


async def test_every_field_comes_for_whom_its_row_says(door: Door, subject: Person, cast: Cast) -> None:
    doors = {caller: door.showing(await cast.token(caller, subject)) for caller in Caller}

    wrong = []
    for name, cells in FIELDS.items():
        operation, path = way(name)
        for caller in Caller:
            came = outcome(await doors[caller].answer(*question(operation, path, subject)), path)
            if came != cells.of(caller):
                wrong.append(f"{name} for {caller.name}: {came} instead of {cells.of(caller)}")

    assert wrong == []


async def test_what_a_payload_leads_to_is_judged_by_who_asks(
    door: Door, subject: Person, another_member: Person
) -> None:
    query = "mutation ($token: String!) { refresh(input: {refreshToken: $token}) { user { email %s { totalCount } } } }"

    for hidden in ("sessions", "events"):
        for asking, code in ((door, "UNAUTHENTICATED"), (door.as_(another_member), "NOT_FOUND")):
            body = (await asking.answer(query % hidden, {"token": subject.refresh_token})).json()
            assert body["data"]["refresh"]["user"] == {"email": subject.email, hidden: None}
            assert [error["extensions"]["code"] for error in body["errors"]] == [code]


async def test_who_acted_is_hidden_from_who_may_not_see_them(
    door: Door, subject: Person, an_admin: Person, services: Services
) -> None:
    await door.as_(an_admin).done("patchUser", {"id": subject.id, "age": 31})
    await services.administration.unlock(OPERATOR, subject.database_id)
    query = "query ($id: ID!) { user(by: {id: $id}) { events(first: 3) { nodes { kind actor { id } } } } }"

    async def seen_by(person: Person) -> list[tuple[str, Any]]:
        user = (await door.as_(person).ask(query, id=subject.id))["user"]
        return [(event["kind"], event["actor"]) for event in user["events"]["nodes"]]

    unlocked, own = ("UNLOCKED", None), ("PROFILE_CHANGED", {"id": subject.id})
    assert await seen_by(subject) == [unlocked, ("PROFILE_CHANGED", None), own]
    assert await seen_by(an_admin) == [unlocked, ("PROFILE_CHANGED", {"id": an_admin.id}), own]


def way(name: str) -> tuple[str, list[str]]:
    """The operation, and the way down to the field."""
    kind, _, field = name.partition(".")
    if kind == "Query":
        return "query", [field + ARGUMENTS.get(field, "") + selection(name)]
    return WAYS[kind].operation, [*WAYS[kind].path, field + selection(name)]


def question(operation: str, path: list[str], subject: Person) -> tuple[str, dict[str, Any]]:
    """A document that asks for one field, and its variables."""
    asked = "{ " + " { ".join(path) + " }" * len(path)
    return (f"{operation} ($id: ID!) {asked}", {"id": subject.id}) if "$id" in asked else (f"{operation} {asked}", {})


def outcome(answer: httpx.Response, path: list[str]) -> Outcome:
    """What came of it, in one word."""
    body = answer.json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    value = body["data"]
    keys = [part.partition("(")[0].partition(" ")[0] for part in path if not part.startswith("...")]
    for depth, key in enumerate(keys):
        if not isinstance(value, dict) or key not in value:
            return NULL
        value, is_last = value[key], depth == len(keys) - 1
        if isinstance(value, list) and (not is_last or value == [None]):
            value = value[0] if value else None
        if value is None:
            return EMPTY if is_last and depth > 0 else NULL
    return VALUE
