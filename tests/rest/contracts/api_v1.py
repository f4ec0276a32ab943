"""`/api/v1` line by line, in the envelope and bare: the same requests, the same facts."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.rest.contracts.rows import row

ADA = {"email": "ada@example.com", "username": "ada", "password": "a long enough password"}
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Api:
    """`/api/v1` as a client of one of the two contracts sees it."""

    http: httpx.AsyncClient
    in_envelope: bool

    async def data(
        self, method: str, path: str, *, token: str | None = None, status: int = 200, body: Any = None
    ) -> Any:
        """The data of an answer that was not refused."""
        answer = await self.asked(method, path, token, body)
        assert answer.status_code == status, answer.text
        if not self.in_envelope:
            return answer.json()
        assert set(answer.json()) == {"success", "data", "error"}
        assert (answer.json()["success"], answer.json()["error"]) == (True, None)
        return answer.json()["data"]

    async def refused(
        self, method: str, path: str, status: int, code: str, *, token: str | None = None, body: Any = None
    ) -> None:
        """Make sure of a refusal, in the contract's own shape."""
        answer = await self.asked(method, path, token, body)
        assert answer.status_code == status, answer.text
        if self.in_envelope:
            assert set(answer.json()) == {"success", "data", "error"}
            assert (answer.json()["success"], answer.json()["data"]) == (False, None)
            assert set(answer.json()["error"]) == {"code", "message"}
            assert answer.json()["error"]["code"] == code
        else:
            assert answer.json()["detail"]

    async def asked(self, method: str, path: str, token: str | None, body: Any) -> httpx.Response:
        """The answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request(method, PREFIX + path, json=body, headers=headers)

    async def signed_in(self, **otherwise: str) -> Any:
        """The tokens of somebody who registered and signed in."""
        who = ADA | otherwise
        await self.data("POST", "/users", status=201, body=who)
        return await self.data("POST", "/auth/login", body={"email": who["email"], "password": who["password"]})


def both(request: str, promise: str) -> Callable[[Callable[[Api], Awaitable[None]]], None]:
    """Write a promise down for both contracts."""

    def written(show: Callable[[Api], Awaitable[None]]) -> None:
        @row("enveloped", request, promise)
        async def enveloped(http: httpx.AsyncClient) -> None:
            await show(Api(http, in_envelope=True))

        @row("bare", request, promise)
        async def bare(http: httpx.AsyncClient) -> None:
            await show(Api(http, in_envelope=False))

    return written


def inside(token: str) -> dict[str, Any]:
    """Header and claims of a JWT, together."""
    header, claims, _ = token.split(".")
    return {
        **json.loads(base64.urlsafe_b64decode(header + "==")),
        **json.loads(base64.urlsafe_b64decode(claims + "==")),
    }


@both("POST /users {email, username, password}", "201, the account, without its password")
async def register(api: Api) -> None:
    user = await api.data("POST", "/users", status=201, body=ADA)

    assert (user["email"], user["username"], user["is_active"], user["is_admin"]) == (
        "ada@example.com",
        "ada",
        True,
        False,
    )
    assert "password" not in json.dumps(user)


@both("POST /users", "409 in use, 422 not valid")
async def register_refused(api: Api) -> None:
    await api.data("POST", "/users", status=201, body=ADA)

    await api.refused("POST", "/users", 409, "EMAIL_TAKEN", body=ADA | {"username": "other"})
    await api.refused("POST", "/users", 409, "USERNAME_TAKEN", body=ADA | {"email": "other@example.com"})
    await api.refused("POST", "/users", 422, "INVALID", body={"email": "x"})
    await api.refused("POST", "/users", 422, "INVALID", body=ADA | {"email": "x"})
    await api.refused("POST", "/users", 422, "WEAK_PASSWORD", body=ADA | {"password": "short"})


@both("POST /auth/login", "an access and a refresh token, each with its own type and a unique jti")
async def login(api: Api) -> None:
    tokens = await api.signed_in()

    access, refresh = inside(tokens["access_token"]), inside(tokens["refresh_token"])
    assert (access["typ"], refresh["typ"]) == ("at+jwt", "rt+jwt")
    assert access["jti"] != refresh["jti"]
    assert tokens["token_type"] == "bearer"


@both("POST /auth/login", "401 alike for whatever is wrong")
async def login_refused(api: Api) -> None:
    await api.data("POST", "/users", status=201, body=ADA)

    for who in (
        {"email": "ada@example.com", "password": "wrong password"},
        {"email": "nobody@example.com", "password": "x"},
    ):
        await api.refused("POST", "/auth/login", 401, "INVALID_CREDENTIALS", body=who)


@both("POST /auth/refresh", "a new access token each time, for a refresh token alone")
async def refresh(api: Api) -> None:
    tokens = await api.signed_in()

    first = await api.data("POST", "/auth/refresh", body={"refresh_token": tokens["refresh_token"]})
    second = await api.data("POST", "/auth/refresh", body={"refresh_token": first["refresh_token"]})

    assert len({each["access_token"] for each in (tokens, first, second)}) == 3
    await api.refused("POST", "/auth/refresh", 401, "TOKEN_INVALID", body={"refresh_token": second["access_token"]})


@both("POST /auth/logout", "the session is over, its access token too")
async def logout(api: Api) -> None:
    tokens = await api.signed_in()

    await api.data("POST", "/auth/logout", body={"refresh_token": tokens["refresh_token"]})

    await api.refused("GET", "/users/me", 401, "UNAUTHENTICATED", token=tokens["access_token"])
    await api.refused("POST", "/auth/refresh", 401, "TOKEN_INVALID", body={"refresh_token": tokens["refresh_token"]})


@both("GET /users/me", "the current user; a refresh token is refused")
async def me(api: Api) -> None:
    tokens = await api.signed_in()

    assert (await api.data("GET", "/users/me", token=tokens["access_token"]))["email"] == "ada@example.com"
    await api.refused("GET", "/users/me", 401, "UNAUTHENTICATED", token=tokens["refresh_token"])
    await api.refused("GET", "/users/me", 401, "UNAUTHENTICATED")


@both("PATCH /users/me {username}", "the profile changes; 409 and 422 as at registration")
async def change_profile(api: Api) -> None:
    tokens = await api.signed_in()
    await api.data("POST", "/users", status=201, body=ADA | {"email": "o@example.com", "username": "other"})
    token = tokens["access_token"]

    assert (await api.data("PATCH", "/users/me", token=token, body={"username": "countess"}))["username"] == "countess"
    await api.refused("PATCH", "/users/me", 409, "USERNAME_TAKEN", token=token, body={"username": "OTHER"})
    await api.refused("PATCH", "/users/me", 422, "INVALID", token=token, body={"username": "a b"})


@both("POST /users, PATCH /users/me {locale}", "the language is taken and shown; 422 for what is none")
async def change_language(api: Api) -> None:
    registered = await api.data("POST", "/users", status=201, body=ADA | {"locale": "de"})
    signing_in = {"email": ADA["email"], "password": ADA["password"]}
    token = (await api.data("POST", "/auth/login", body=signing_in))["access_token"]

    changed = await api.data("PATCH", "/users/me", token=token, body={"locale": "pt-BR"})

    assert (registered["locale"], changed["locale"]) == ("de", "pt-BR")
    assert (await api.data("PATCH", "/users/me", token=token, body={"name": "Ada"}))["locale"] == "pt-BR"
    new = ADA | {"email": "o@example.com", "username": "other"}
    for locale in ("", "de_DE", "d", "a" * 36, "de\n", None, 7):
        await api.refused("PATCH", "/users/me", 422, "INVALID", token=token, body={"locale": locale})
        await api.refused("POST", "/users", 422, "INVALID", body=new | {"locale": locale})


@both("POST /users/me/password", "the current one is verified")
async def change_password(api: Api) -> None:
    token = (await api.signed_in())["access_token"]
    wrong = {"current_password": "wrong password", "new_password": "another long password"}

    await api.refused("POST", "/users/me/password", 401, "INVALID_CREDENTIALS", token=token, body=wrong)
    await api.data("POST", "/users/me/password", token=token, body=wrong | {"current_password": ADA["password"]})

    await api.data("POST", "/auth/login", body={"email": ADA["email"], "password": "another long password"})


@both("POST /users/me/deactivate", "is_active is false, and nobody signs in")
async def deactivate(api: Api) -> None:
    token = (await api.signed_in())["access_token"]

    assert (await api.data("POST", "/users/me/deactivate", token=token))["is_active"] is False

    who = {"email": ADA["email"], "password": ADA["password"]}
    await api.refused("POST", "/auth/login", 401, "INVALID_CREDENTIALS", body=who)


@both("GET /admin/users", "403 for a non-admin, 401 for strangers")
async def administration_refused(api: Api) -> None:
    token = (await api.signed_in())["access_token"]

    for method, path in (
        ("GET", "/admin/users"),
        ("GET", "/admin/users/1"),
        ("POST", "/admin/users/1/deactivate"),
        ("POST", "/admin/users/1/reactivate"),
    ):
        await api.refused(method, path, 403, "FORBIDDEN", token=token)
        await api.refused(method, path, 401, "UNAUTHENTICATED")


@both("any request, a parameter twice", "422: which of its values was meant?")
async def each_parameter_once(api: Api) -> None:
    await api.refused("GET", "/admin/users?limit=1&limit=2", 422, "BAD_USER_INPUT")
    await api.refused("GET", "/users/me?a=1&a=1", 422, "BAD_USER_INPUT")


@both("anything else under /api/v1", "404 and 405 in the same shape")
async def elsewhere(api: Api) -> None:
    await api.refused("GET", "/nowhere", 404, "NOT_FOUND")
    await api.refused("GET", "", 404, "NOT_FOUND")
    await api.refused("DELETE", "/auth/login", 405, "METHOD_NOT_ALLOWED")
    await api.refused("POST", "/auth/login", 413, "BODY_TOO_LARGE", body={"email": "x" * 70_000})
