"""Access and refresh tokens: typed JWTs (RFC 7519, RFC 8725, RFC 9068), signed with keys that are not each other's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

import jwt

from gql_users.errors import TokenExpired, TokenInvalid
from gql_users.security.keys import derive

ALGORITHM = "HS256"
LONGEST_TOKEN = 8_192
LEEWAY = timedelta(seconds=10)

_ACCESS = "at+jwt"
_REFRESH = "rt+jwt"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says: whose it is, and of which session."""

    user_id: int
    session_id: UUID


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """What a refresh token says: of which session it is, and the how-manieth of it."""

    session_id: UUID
    generation: int


class Tokens:
    """Signs and verifies tokens. `issuer` is the service's own URL, and its own audience too."""

    def __init__(self, secret: bytes, issuer: str) -> None:
        self._issuer = issuer
        self._keys = {_ACCESS: derive(secret, "access tokens"), _REFRESH: derive(secret, "refresh tokens")}

    def access(self, claims: AccessClaims, *, now: datetime, expires_at: datetime) -> str:
        """An access token: good for everything its owner may do, until it expires or its session ends."""
        return self._sign(
            _ACCESS,
            {"sub": str(claims.user_id), "sid": str(claims.session_id), "jti": str(uuid4())},
            now,
            expires_at,
        )

    def refresh(self, claims: RefreshClaims, *, now: datetime, expires_at: datetime) -> str:
        """A refresh token: good for one exchange. The same claims and times give the same token."""
        jti = blake2b(f"{claims.session_id}/{claims.generation}".encode(), digest_size=16).hexdigest()
        content = {"sid": str(claims.session_id), "gen": claims.generation, "jti": jti}
        return self._sign(_REFRESH, content, now, expires_at)

    def read_access(self, token: str, *, now: datetime) -> AccessClaims:
        """What an access token of ours says. Raises TokenInvalid or TokenExpired."""
        claims = self._verified(token, _ACCESS, now, ("sub", "sid"))
        return AccessClaims(user_id=_number(claims["sub"]), session_id=_uuid(claims["sid"]))

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        """What a refresh token of ours says. Raises TokenInvalid or TokenExpired."""
        claims = self._verified(token, _REFRESH, now, ("sid", "gen"))
        if type(claims["gen"]) is not int:
            raise TokenInvalid
        return RefreshClaims(session_id=_uuid(claims["sid"]), generation=claims["gen"])

    def _sign(self, kind: str, content: dict[str, object], now: datetime, expires_at: datetime) -> str:
        times = {"iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
        claims = {"iss": self._issuer, "aud": self._issuer, **times, **content}
        return jwt.encode(claims, self._keys[kind], ALGORITHM, headers={"typ": kind})

    def _verified(self, token: str, kind: str, now: datetime, wanted: tuple[str, ...]) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise TokenInvalid
        try:
            decoded = jwt.decode_complete(
                token,
                self._keys[kind],
                algorithms=[ALGORITHM],
                audience=self._issuer,
                issuer=self._issuer,
                # The library asks the machine for the time; ours is a parameter, so the times are judged below.
                options={
                    "require": ["iss", "aud", "iat", "exp", "jti", *wanted],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                    "strict_aud": True,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise TokenInvalid from error
        header, claims = decoded["header"], decoded["payload"]
        # The library takes any `typ`; without this, a refresh token would do where an access token is wanted.
        if header.get("typ") != kind or "crit" in header:
            raise TokenInvalid
        if type(claims["iat"]) is not int or type(claims["exp"]) is not int:
            raise TokenInvalid
        if claims["iat"] > (now + LEEWAY).timestamp():
            raise TokenInvalid
        if claims["exp"] <= now.timestamp():
            raise TokenExpired
        return dict(claims)


def in_whole_seconds(moment: datetime) -> datetime:
    """The moment as a JWT can say it: whole seconds, rounded down."""
    return datetime.fromtimestamp(int(moment.timestamp()), UTC)


def _number(value: object) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        raise TokenInvalid
    return int(value)


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise TokenInvalid from error
