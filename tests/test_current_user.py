"""Facts about the dependency that tells an embedding application who sends a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from fastapi import Depends, FastAPI

from gql_users import create_app, current_user
from gql_users.embedding import CurrentUser
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person
from tests.serving import serving

INVALID = (401, 'Bearer error="invalid_token"', "Sign in first.")


def wanting_to_know(identity: FastAPI) -> FastAPI:
    """An application of somebody else, with a route for those who are signed in."""
    host, signed_in = FastAPI(), Depends(current_user(identity))

    @host.get("/who")
    async def who(user: CurrentUser = signed_in) -> dict[str, Any]:
        return asdict(user)

    return host


@pytest.fixture
async def host(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The way into that application."""
    async with serving(wanting_to_know(app)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield http


async def who(host: httpx.AsyncClient, authorization: str | None) -> httpx.Response:
    return await host.get("/who", headers={"Authorization": authorization} if authorization is not None else {})


async def refused(host: httpx.AsyncClient, authorization: str | None) -> tuple[int, str, str]:
    """How somebody is turned away."""
    answer = await who(host, authorization)
    return answer.status_code, answer.headers["WWW-Authenticate"], answer.json()["detail"]


async def test_the_application_learns_what_the_database_says_of_the_bearer(
    host: httpx.AsyncClient, door: Door, an_admin: Person
) -> None:
    answer = await who(host, f"Bearer {an_admin.access_token}")

    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("session_id")
    assert told == {
        "id": an_admin.database_id,
        "email": "admin@example.com",
        "username": "ada",
        "name": "Ada Admin",
        "is_admin": True,
    }


async def test_strangers_are_told_to_sign_in_and_bad_tokens_that_they_are_bad(
    host: httpx.AsyncClient, a_member: Person
) -> None:
    assert await refused(host, None) == (401, "Bearer", "Sign in first.")
    for bad in ("Bearer nonsense", f"Bearer {a_member.refresh_token}", "Basic YTpi", "Bearer", ""):
        assert await refused(host, bad) == INVALID


async def test_rights_are_those_of_this_moment(host: httpx.AsyncClient, as_admin: Door, a_member: Person) -> None:
    bearer = f"Bearer {a_member.access_token}"
    before = (await who(host, bearer)).json()["is_admin"]

    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})

    assert (before, (await who(host, bearer)).json()["is_admin"]) == (False, True)


@pytest.mark.parametrize("deed", ["logout", "deactivateUser", "deleteUser", "changePassword"])
async def test_a_session_that_ends_is_over_at_once(
    host: httpx.AsyncClient, door: Door, as_admin: Door, a_member: Person, deed: str
) -> None:
    assert (await who(host, f"Bearer {a_member.access_token}")).status_code == 200
    again = (await door.done("login", {"username": "mia", "password": PASSWORD}, "tokens { accessToken }"))["tokens"]

    if deed == "logout":
        await door.done(deed, {"refreshToken": a_member.refresh_token})
    elif deed == "changePassword":
        passwords = {"currentPassword": PASSWORD, "newPassword": "another good one"}
        await door.showing(again["accessToken"]).done(deed, passwords)
    else:
        await as_admin.done(deed, {"id": a_member.id})

    assert await refused(host, f"Bearer {a_member.access_token}") == INVALID


async def test_without_the_database_the_application_is_told_when_to_try_again(
    make_settings: MakeSettings, a_member: Person
) -> None:
    away = create_app(make_settings(database_url="postgresql://nobody:canary@127.0.0.1:1/users"))

    async with serving(wanting_to_know(away)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        answer, stranger = await who(http, f"Bearer {a_member.access_token}"), await who(http, None)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "WWW-Authenticate" not in answer.headers
    assert "canary" not in answer.text
    # Who shows no token needs no database to be told so.
    assert stranger.status_code == 401
