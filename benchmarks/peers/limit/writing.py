"""What is written: the same statements and the same commit as this service's for the same deeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.peers.limit.reading import number, person
from benchmarks.peers.limit.statements import database
from benchmarks.peers.limit.tokens import ACCESS_LIFETIME, keys
from gql_users.events import id_at

Variables = Mapping[str, Any]

IDLE_LIFETIME = timedelta(days=14)
ADDRESS, AGENT = "127.0.0.1", None


async def patch_user(variables: Variables, bearer: str | None) -> Any:
    """Change a name."""
    session = await keys.session_of(bearer or "", database)
    user_id, name = number(variables["input"]["id"]), variables["input"]["name"]
    if not session["is_admin"] and session["user_id"] != user_id:
        raise PermissionError
    now = datetime.now(UTC)
    async with database.transaction() as prepared:
        await prepared["locked_user"].fetchrow(user_id)
        row = await prepared["rename"].fetchrow(user_id, name, name.casefold(), now)
        fields = '{"fields": ["name"]}'
        await prepared["change"].fetchrow(
            id_at(now), "PROFILE_CHANGED", now, user_id, session["user_id"], ADDRESS, AGENT, fields
        )
    return {"patchUser": {"user": {**person(row), "version": row["version"]}, "errors": []}}


async def refresh(variables: Variables, _bearer: str | None) -> Any:
    """Exchange a refresh token for the next pair."""
    now = datetime.now(UTC)
    claims = keys.read_refresh(variables["input"]["refreshToken"])
    session_id, generation = UUID(claims["sid"]), claims["gen"]
    async with database.transaction() as prepared:
        session = await prepared["session"].fetchrow(session_id)
        if session is None or session["revoked_at"] or session["deactivated_at"] or generation != session["generation"]:
            raise PermissionError
        row = await prepared["advance"].fetchrow(session_id, generation, now)
        user_id = session["user_id"]
        await prepared["event"].fetchrow(id_at(now), "REFRESHED", now, user_id, user_id, ADDRESS, AGENT, None)
    expires_at = min(row["refreshed_at"] + IDLE_LIFETIME, row["expires_at"]).replace(microsecond=0)
    tokens = {
        "accessToken": keys.access_token(user_id, session_id, now),
        "accessTokenExpiresAt": (now + ACCESS_LIFETIME).replace(microsecond=0),
        "refreshToken": keys.refresh_token(session_id, row["generation"], now, expires_at),
        "refreshTokenExpiresAt": expires_at,
    }
    return {"refresh": {"tokens": tokens, "errors": []}}
