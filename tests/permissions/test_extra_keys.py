"""Facts about keys that nobody asked for: nothing can be assigned by sending it along."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType

from gql_users import create_app
from gql_users.models import User
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.permissions.callers import Cast
from tests.permissions.deeds import DEEDS, Subject
from tests.permissions.routes import EVERYWHERE, USERS, WITH_PASSWORD, body, users_rows
from tests.permissions.schema import SCHEMA
from tests.permissions.test_routes import bearing
from tests.serving import serving

LONG_AGO = "2001-01-01T00:00:00Z"
EXTRA: dict[str, Any] = {
    "isAdmin": True,
    "is_admin": True,
    "id": 4711,
    "userId": 4711,
    "databaseId": 4711,
    "passwordHash": "$argon2id$",
    "password_hash": "$argon2id$",
    "version": 4711,
    "createdAt": LONG_AGO,
    "created_at": LONG_AGO,
    "updatedAt": LONG_AGO,
    "updated_at": LONG_AGO,
    "emailVerifiedAt": LONG_AGO,
    "email_verified_at": LONG_AGO,
    "email_key": "other@example.com",
    "deactivatedAt": LONG_AGO,
    "deactivated_at": LONG_AGO,
    "isActive": False,
    "lastLoginAt": LONG_AGO,
    "last_login_at": LONG_AGO,
    "sessions": [],
    "__proto__": {"isAdmin": True},
}
NOT_ASSIGNED = ("is_admin", "created_at", "email_verified_at", "email_key", "deactivated_at", "last_login_at")


async def test_an_input_takes_no_key_that_is_not_its_own(door: Door, an_admin: Person, cast: Cast) -> None:
    taken = []
    for mutation, deed in DEEDS.items():
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        input_type = SCHEMA.type_map[kind]
        assert isinstance(input_type, GraphQLInputObjectType)
        subject = Subject(await cast.somebody(), "nobody", cast.new_email())
        query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ __typename }} }}"
        for key in EXTRA.keys() - input_type.fields.keys():
            answer = await door.as_(an_admin).answer(query, {"input": deed.input(subject) | {key: EXTRA[key]}})
            if [error["extensions"]["code"] for error in answer.json()["errors"]] != ["BAD_USER_INPUT"]:
                taken.append((mutation, key))

    assert taken == []
    assert (await door.as_(an_admin).ask("{ users { totalCount } }"))["users"]["totalCount"] == 1 + len(DEEDS)


@pytest.mark.parametrize("contract", USERS)
async def test_a_body_assigns_no_column_that_its_contract_does_not_name(
    make_settings: MakeSettings, clock: SettableClock, contract: str
) -> None:
    app = create_app(make_settings(rest_contract=contract, rest_access="open"), clock=clock)
    cast, units = Cast(app.state.services), app.state.services.profiles.unit_of_work

    people: dict[str, User] = {}
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        for route in users_rows(contract, "open") | EVERYWHERE:
            person = await cast.somebody(has_password=route in WITH_PASSWORD)
            sent = body(contract, route, person, cast.new_email())
            if sent is None or route == "ANY /graphql" or route.endswith("/confirm"):
                continue
            method, path = route.format(user_id=person.database_id).split()
            answer = await http.request(method, path, json=EXTRA | sent, headers=bearing(person.access_token))
            assert answer.is_success, (route, answer.text)
            number = find_id(answer.json()) if answer.status_code == 201 else person.database_id
            async with units.reading() as work:
                people[route] = await work.users.find(number)

    assert len(people) >= 10
    for route, user in people.items():
        assert (user.is_admin, user.email_verified_at, user.deactivated_at) == (False, None, None), route
        assert user.version <= 2, route
        assert {user.created_at, user.updated_at, user.last_login_at} <= {clock.now(), None}, route
        assert user.email_key == user.email, route
        assert user.password_hash != EXTRA["password_hash"], route


def find_id(answer: Any) -> int:
    """The number of the account that was made, in an envelope or not."""
    return int(answer.get("data", answer)["id"])
