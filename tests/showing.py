"""How one token is shown at every door, and what each of them says to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import httpx

from tests.door import PASSWORD, Door
from tests.forging import Forgery

BEARER = ("me", "login", "/api/v1/users/me", "/users", "current_user")
REFRESHING = ("refresh", "logout")
LOGIN = 'mutation { login(input: {username: "mia", password: "%s"}) { tokens { tokenType } errors { code } } }'
WITH_TOKEN = "mutation ($token: String!) { it: %s(input: {refreshToken: $token}) { errors { code } } }"

Shown = dict[str, str | None]
"""What each door said to a token: why it was refused, or None."""


async def shown_everywhere(door: Door, host: httpx.AsyncClient, forgery: Forgery, token: str) -> Shown:
    """The token as a bearer's at every door, and as what is to be exchanged."""
    bearer: Any = {"Authorization": f"Bearer {token}".encode()}
    asked = [
        why_me(door.http.post("/graphql", json={"query": "{ me { id } }"}, headers=bearer)),
        why_deed(door.http.post("/graphql", json={"query": LOGIN % PASSWORD}, headers=bearer), "login"),
        why_rest(door.http.get("/api/v1/users/me", headers=bearer)),
        why_rest(door.http.get("/users", headers=bearer)),
        why_rest(host.get("/who", headers=bearer)),
    ]
    if forgery.as_refresh is not None:
        for deed in REFRESHING:
            body = {"query": WITH_TOKEN % deed, "variables": {"token": token}}
            asked.append(why_deed(door.http.post("/graphql", json=body), "it"))
    return dict(zip(BEARER + REFRESHING, await asyncio.gather(*asked), strict=False))


def expected(forgery: Forgery) -> Shown:
    """What each door is to say."""
    as_bearer = (forgery.as_bearer, None, "invalid_token", "invalid_token", "invalid_token")
    exchanged = () if forgery.as_refresh is None else (forgery.as_refresh, forgery.at_logout)
    return dict(zip(BEARER + REFRESHING, as_bearer + exchanged, strict=False))


async def why_me(asked: Awaitable[httpx.Response]) -> str | None:
    """Why `me` is refused, to a stranger whose answer is otherwise in order."""
    answer = await asked
    body = answer.json()
    if answer.status_code != 200 or body["data"] != {"me": None} or len(body.get("errors", ())) != 1:
        return f"{answer.status_code} {answer.text}"
    extensions = body["errors"][0]["extensions"]
    return str(extensions.pop("reason")) if extensions.pop("code") == "UNAUTHENTICATED" else answer.text


async def why_deed(asked: Awaitable[httpx.Response], deed: str) -> str | None:
    """Why a mutation is refused."""
    answer = await asked
    body: dict[str, Any] = answer.json()
    if answer.status_code != 200 or "errors" in body:
        return f"{answer.status_code} {answer.text}"
    return ", ".join(error["code"] for error in body["data"][deed]["errors"]) or None


async def why_rest(asked: Awaitable[httpx.Response]) -> str | None:
    """Why a route is refused (RFC 6750)."""
    answer = await asked
    challenge: str = answer.headers.get("WWW-Authenticate", "")
    if answer.status_code == 401 and challenge.startswith("Bearer"):
        return challenge.removeprefix("Bearer error=").strip('"')
    return None if answer.status_code == 200 else f"{answer.status_code} {answer.text}"


def row(name: str, shown: Shown) -> str:
    return f"  {name:45}" + "".join(f"{each or 'done':15}" for each in shown.values())


HEAD = row("", {door: door for door in BEARER + REFRESHING})
