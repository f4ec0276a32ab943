"""How tests go through the doors: a caller with or without a token, asking real HTTP questions."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

# Another one in each run, so that wherever it turns up it was leaked.
PASSWORD = f"correct horse {secrets.token_hex(8)}"


@dataclass
class SettableClock:
    """A clock that stands still until it is told otherwise."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.moment += by


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the tokens of their first session."""

    id: str
    database_id: int
    email: str
    access_token: str
    refresh_token: str
    version: int


@dataclass(frozen=True)
class Door:
    """The GraphQL door as one caller sees it. `http` is open for REST questions, with the same token."""

    http: httpx.AsyncClient
    token: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What the caller sends along."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def showing(self, token: str | None) -> Door:
        """The same door for somebody who shows this token."""
        return replace(self, token=token)

    def as_(self, person: Person) -> Door:
        """The same door for this person."""
        return self.showing(person.access_token)

    async def answer(self, query: str, variables: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """The whole HTTP answer to a GraphQL request."""
        body = {"query": query, "variables": variables or {}, **more}
        # Written here, because the client refuses to send what is no text, and somebody else's will not.
        headers = {**self.headers, "Content-Type": "application/json"}
        return await self.http.post("/graphql", content=json.dumps(body), headers=headers)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer that has no errors."""
        body = (await self.answer(query, variables)).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def refused(self, query: str, **variables: Any) -> dict[str, Any]:
        """The only top-level error of an answer."""
        body = (await self.answer(query, variables)).json()
        assert len(body["errors"]) == 1, body
        error: dict[str, Any] = body["errors"][0]
        return error

    async def do(self, mutation: str, input: dict[str, Any], select: str = "") -> Any:
        """The payload of a mutation, with its errors."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        errors = "errors { __typename code message path ... on ConflictError { currentVersion } }"
        query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {select} {errors} }} }}"
        return (await self.ask(query, input=input))[mutation]

    async def done(self, mutation: str, input: dict[str, Any], select: str = "") -> Any:
        """The payload of a mutation that was not refused."""
        payload = await self.do(mutation, input, select)
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def codes(self, mutation: str, input: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
        """Why a mutation was refused: codes and paths."""
        return [(error["code"], error["path"]) for error in (await self.do(mutation, input))["errors"]]

    async def register(self, email: str, **more: Any) -> Person:
        """Somebody who just made an account."""
        select = "user { id databaseId email version } tokens { accessToken refreshToken }"
        payload = await self.done("register", {"email": email, "password": PASSWORD, **more}, select)
        return Person(
            id=payload["user"]["id"],
            database_id=payload["user"]["databaseId"],
            email=payload["user"]["email"],
            access_token=payload["tokens"]["accessToken"],
            refresh_token=payload["tokens"]["refreshToken"],
            version=payload["user"]["version"],
        )
