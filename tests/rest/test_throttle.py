"""Facts about how REST tells somebody to wait: 429 with Retry-After, from one count with GraphQL."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gql_users import Settings
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person
from tests.guessing import from_another_network, guess, wait_for

LOGIN = {"email": "member@example.com", "password": PASSWORD}
MESSAGE = "Too many attempts. Wait a moment before the next one."
CLAIM = {"email": "member@example.com", "username": "somebody", "password": PASSWORD}


@pytest.fixture(params=[True, False], ids=["in the envelope", "bare"])
def in_envelope(request: pytest.FixtureRequest) -> bool:
    """Both ways of wrapping answers."""
    chosen: bool = request.param
    return chosen


@pytest.fixture
def settings(make_settings: MakeSettings, in_envelope: bool) -> Settings:
    """A service that is soon out of patience with one network's registrations."""
    return make_settings(rest_envelope=in_envelope, network_attempts=12)


def assert_limited(answer: httpx.Response, in_envelope: bool) -> None:
    """It says so in the words of the contract, and how long to wait where HTTP has a place for it."""
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    bare = {"detail": MESSAGE, "code": "RATE_LIMITED"}
    enveloped = {"success": False, "data": None, "error": {"code": "RATE_LIMITED", "message": MESSAGE}}
    assert answer.json() == (enveloped if in_envelope else bare)


async def test_a_sign_in_that_comes_too_early_is_429(door: Door, a_member: Person, in_envelope: bool) -> None:
    statuses = [(await sign_in(door, password="wrong")).status_code for _ in range(10)]

    assert statuses == [401] * 10
    assert_limited(await sign_in(door), in_envelope)


async def test_a_change_of_password_that_comes_too_early_is_429(as_member: Door, in_envelope: bool) -> None:
    said = {"current_password": "wrong", "new_password": "another horse battery"}

    answers = [await post(as_member, "users/me/password", said) for _ in range(11)]

    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    assert_limited(answers[10], in_envelope)


async def test_a_registration_that_comes_too_early_is_429(door: Door, a_member: Person, in_envelope: bool) -> None:
    answers = [await post(door, "users", CLAIM) for _ in range(12)]

    assert [answer.status_code for answer in answers] == [409] * 12
    for email in ("member@example.com", "new@example.com"):
        assert_limited(await post(door, "users", {**CLAIM, "email": email}), in_envelope)


async def test_graphql_and_rest_share_one_count(door: Door, a_member: Person, in_envelope: bool) -> None:
    for _ in range(5):
        await guess(door, 1, email="MEMBER@example.com")
        await sign_in(door, password="wrong")

    assert_limited(await sign_in(door), in_envelope)
    assert await wait_for(door, "login", LOGIN) == 30


async def test_an_unknown_address_has_to_wait_alike(door: Door, a_member: Person) -> None:
    async with from_another_network(door) as elsewhere:
        known, unknown = [
            [await sign_in(somebody, email=email, password="wrong") for _ in range(11)]
            for somebody, email in ((door, "member@example.com"), (elsewhere, "nobody@example.com"))
        ]

    assert [told(answer) for answer in known] == [told(answer) for answer in unknown]


async def sign_in(door: Door, **otherwise: str) -> httpx.Response:
    """The answer to a sign-in."""
    return await post(door, "auth/login", {**LOGIN, **otherwise})


async def post(door: Door, path: str, body: Any) -> httpx.Response:
    """The answer under `/api/v1`."""
    return await door.http.post(f"/api/v1/{path}", json=body, headers=door.headers)


def told(answer: httpx.Response) -> tuple[object, ...]:
    """Everything an answer says, but for the moment and the request's id."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
    return answer.status_code, headers, answer.content
