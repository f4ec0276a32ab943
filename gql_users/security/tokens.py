"""Access and refresh tokens: typed JWTs (RFC 7519, RFC 8725, RFC 9068), signed with keys that are not each other's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

import jwt

from gql_users.errors import TokenExpired, TokenInvalid
from gql_users.security import compact
from gql_users.security.keys import derive
from gql_users.security.signing import SigningKey, VerifyingKey

REFRESH_ALGORITHM = "HS256"
LONGEST_TOKEN = 8_192
LONGEST_ACCESS = timedelta(minutes=15)
LEEWAY = timedelta(seconds=10)

_ACCESS = "at+jwt"
_REFRESH = "rt+jwt"
_ALL_CLAIMS = ("iss", "aud", "iat", "exp", "jti")
_REFRESH_CLAIMS = (*_ALL_CLAIMS, "sid", "gen")

# Without padding, which the library would put up with: one token has one form.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2}")

# A thumbprint (RFC 7638), in the only form it can have.
_KID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says: whose it is, and of which session; when read, also until when it is good."""

    user_id: int
    session_id: UUID
    expires_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """What a refresh token says: of which session it is, and the how-manieth of it."""

    session_id: UUID
    generation: int


class Tokens:
    """Signs and verifies tokens. `issuer` is the service's own URL, and its own audience too.

    Access tokens are signed with a key pair, so that other services can verify them with its public half. Refresh
    tokens come back to nobody but us, and are signed with a key that the installation's secret gives.
    """

    def __init__(self, secret: bytes, issuer: str) -> None:
        self._issuer = issuer
        self._refresh_key = derive(secret, "refresh tokens")

    def access(self, claims: AccessClaims, key: SigningKey, *, now: datetime, expires_at: datetime) -> str:
        """An access token (RFC 9068): good for all its owner may do, until it expires or its session ends."""
        content = {"sub": str(claims.user_id), "sid": str(claims.session_id), "jti": str(uuid4())}
        claimed = self._claims(content, now, expires_at)
        return compact.signed(claimed, key.private, key.algorithm, typ=_ACCESS, kid=key.kid)

    def refresh(self, claims: RefreshClaims, *, now: datetime, expires_at: datetime) -> str:
        """A refresh token: good for one exchange. The same claims and times give the same token."""
        jti = blake2b(f"{claims.session_id}/{claims.generation}".encode(), digest_size=16).hexdigest()
        content = {"sid": str(claims.session_id), "gen": claims.generation, "jti": jti}
        claimed = self._claims(content, now, expires_at)
        return compact.signed(claimed, self._refresh_key, REFRESH_ALGORITHM, typ=_REFRESH)

    def kid(self, access_token: str) -> str:
        """The name of the key that an access token says it was signed with. Nothing is verified yet.

        Raises TokenInvalid for what cannot be an access token of ours, whatever the keys.
        """
        _require_compact(access_token)
        with _invalid():
            header = jwt.get_unverified_header(access_token)
        # Exactly what we write: a key or the address of one inside a token is an attack, never an offer.
        if set(header) != {"alg", "typ", "kid"} or header["typ"] != _ACCESS or not _KID.fullmatch(str(header["kid"])):
            raise TokenInvalid
        return str(header["kid"])

    def read_access(self, token: str, key: VerifyingKey, *, now: datetime) -> AccessClaims:
        """What an access token signed with this key says. Raises TokenInvalid or TokenExpired."""
        if self.kid(token) != key.kid:
            raise TokenInvalid
        with _invalid():
            decoded = self._decoded(token, key)
        claims = _timely(decoded["payload"], now)
        if claims["exp"] - claims["iat"] > LONGEST_ACCESS.total_seconds():
            raise TokenInvalid
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        return AccessClaims(user_id=_number(claims["sub"]), session_id=_uuid(claims["sid"]), expires_at=expires_at)

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        """What a refresh token of ours says. Raises TokenInvalid or TokenExpired."""
        _require_compact(token)
        try:
            claims = compact.opened(token, self._refresh_key, REFRESH_ALGORITHM, typ=_REFRESH)
        except ValueError as error:
            raise TokenInvalid from error
        if any(claims.get(name) is None for name in _REFRESH_CLAIMS) or type(claims["gen"]) is not int:
            raise TokenInvalid
        if not self._issuer == claims["iss"] == claims["aud"]:
            raise TokenInvalid
        _timely(claims, now)
        return RefreshClaims(session_id=_uuid(claims["sid"]), generation=claims["gen"])

    def _claims(self, content: dict[str, Any], now: datetime, expires_at: datetime) -> dict[str, Any]:
        times = {"iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
        return {"iss": self._issuer, "aud": self._issuer, **times, **content}

    def _decoded(self, token: str, key: VerifyingKey) -> dict[str, Any]:
        return jwt.decode_complete(
            token,
            key.public,
            algorithms=[key.algorithm],
            audience=self._issuer,
            issuer=self._issuer,
            # The library asks the machine for the time; ours is a parameter, so the times are judged by `_timely`.
            options={
                "require": [*_ALL_CLAIMS, "sub", "sid"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "strict_aud": True,
            },
        )


def in_whole_seconds(moment: datetime) -> datetime:
    """The moment as a JWT can say it: whole seconds, rounded down."""
    return datetime.fromtimestamp(int(moment.timestamp()), UTC)


@contextmanager
def _invalid() -> Iterator[None]:
    """Whatever the library makes of a token that is none, it is not valid."""
    try:
        yield
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise TokenInvalid from error


def _require_compact(token: str) -> None:
    """Refuse at once what is no compact serialization (RFC 7515, 3.1). Raises TokenInvalid."""
    if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise TokenInvalid


def _timely(claims: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The claims, if they hold at this moment. Raises TokenInvalid or TokenExpired."""
    if type(claims["iat"]) is not int or type(claims["exp"]) is not int:
        raise TokenInvalid
    if claims["iat"] > (now + LEEWAY).timestamp():
        raise TokenInvalid
    if claims["exp"] <= now.timestamp():
        raise TokenExpired
    return claims


def _number(value: object) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        raise TokenInvalid
    return int(value)


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise TokenInvalid from error
