"""Who asks: an admin who has signed in, and people with sessions of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.cluster import Cluster
from benchmarks.seeding import PASSWORD
from benchmarks.servers import ISSUER, SECRET, Server
from gql_users.events import id_at
from gql_users.security.tokens import RefreshClaims, Tokens

ADMIN = "user1@example.com"

SIGN_IN = """mutation Login($input: LoginInput!) {
  login(input: $input) { tokens { accessToken } errors { code message } }
}"""

EXCHANGE = "mutation ($input: RefreshInput!) { refresh(input: $input) { tokens { accessToken } } }"


@dataclass(frozen=True, slots=True)
class People:
    """The people of one database."""

    cluster: Cluster
    database: str
    users: int

    async def access_token(self, server: Server) -> str:
        """A token of the admin, who signs in at our server."""
        who = {"email": ADMIN, "password": PASSWORD}
        answer = await asked(server, SIGN_IN, {"input": who})
        token: str = answer["data"]["login"]["tokens"]["accessToken"]
        return token

    async def access_tokens(self, server: Server, count: int) -> list[str]:
        """Tokens of so many people, who exchange their refresh tokens at our server."""
        tokens = []
        for each in await self.refresh_tokens(count):
            answer = await asked(server, EXCHANGE, {"input": {"refreshToken": each}})
            tokens.append(str(answer["data"]["refresh"]["tokens"]["accessToken"]))
        return tokens

    async def refresh_tokens(self, count: int) -> list[str]:
        """Tokens of so many new sessions, each of somebody else, as signing in would have begun them."""
        now = datetime.now(UTC)
        tokens = Tokens(SECRET.encode(), ISSUER)
        sessions = [id_at(now) for _ in range(count)]
        expires_at = now + timedelta(days=14)
        rows = [
            # Every 50th account is closed.
            (session, 1 + secrets.randbelow(self.users // 50) * 50, 1, now, now, expires_at)
            for session in sessions
        ]
        columns = ["id", "user_id", "generation", "created_at", "refreshed_at", "expires_at"]
        async with self.cluster.connection(self.database) as connection:
            await connection.copy_records_to_table("sessions", records=rows, columns=columns)
        claims = (RefreshClaims(session_id=session, generation=1) for session in sessions)
        return [tokens.refresh(each, now=now, expires_at=expires_at) for each in claims]


async def asked(server: Server, document: str, variables: dict[str, Any], bearer: str | None = None) -> Any:
    """What a server answers to one document."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    body = {"query": document, "variables": variables}
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.post(server.url, json=body, headers=headers)
    answer.raise_for_status()
    return answer.json()
