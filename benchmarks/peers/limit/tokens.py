"""Tokens, verified and signed as this service does; what is verified once is remembered, its session for a second."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.peers.limit.database import Database
from gql_users.security import compact
from gql_users.security.keys import derive

ISSUER = os.environ.get("GQL_USERS_PUBLIC_URL", "")
ACCESS_LIFETIME = timedelta(minutes=15)
SESSION_REMEMBERED_S = 1.0


@dataclass(slots=True)
class Keys:
    """The keys that sign tokens, and what is remembered of tokens that were verified."""

    signing: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    refresh: bytes = field(
        default_factory=lambda: derive(os.environ.get("GQL_USERS_SECRET", "").encode(), "refresh tokens")
    )
    _claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    _sessions: dict[str, tuple[float, Any]] = field(default_factory=dict)

    async def session_of(self, bearer: str, database: Database) -> Any:
        """The session of an access token that is good."""
        token = bearer.removeprefix("Bearer ")
        claims = self._claims.get(token)
        if claims is None:
            kid = jwt.get_unverified_header(token)["kid"]
            row = await database.row("public_key", kid)
            key = jwt.PyJWK(orjson.loads(row["public_jwk"]), "ES256").key
            claims = self._claims[token] = jwt.decode(token, key, ["ES256"], audience=ISSUER, issuer=ISSUER)
        now = time.monotonic()
        known = self._sessions.get(claims["sid"])
        if claims["exp"] <= time.time():
            raise PermissionError
        if known is None or now - known[0] > SESSION_REMEMBERED_S:
            session = await database.row("session", UUID(claims["sid"]))
            if session is None or session["revoked_at"] is not None or session["deactivated_at"] is not None:
                raise PermissionError
            known = self._sessions[claims["sid"]] = now, session
        return known[1]

    def read_refresh(self, token: str) -> dict[str, Any]:
        """What a refresh token says, if it is good."""
        claims = compact.opened(token, self.refresh, "HS256", typ="rt+jwt")
        if claims["iss"] != ISSUER or claims["aud"] != ISSUER or claims["exp"] <= time.time():
            raise PermissionError
        return claims

    def access_token(self, user_id: int, session_id: UUID, now: datetime) -> str:
        """A new access token."""
        claims = _claims(now, now + ACCESS_LIFETIME) | {
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": str(uuid4()),
        }
        return compact.signed(claims, self.signing, "ES256", typ="at+jwt", kid="limit")

    def refresh_token(self, session_id: UUID, generation: int, now: datetime, expires_at: datetime) -> str:
        """The refresh token of a generation."""
        jti = blake2b(f"{session_id}/{generation}".encode(), digest_size=16).hexdigest()
        claims = _claims(now, expires_at) | {"sid": str(session_id), "gen": generation, "jti": jti}
        return compact.signed(claims, self.refresh, "HS256", typ="rt+jwt")


def _claims(now: datetime, expires_at: datetime) -> dict[str, Any]:
    return {"iss": ISSUER, "aud": ISSUER, "iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}


keys = Keys()
