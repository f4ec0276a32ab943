"""The tokens that somebody with a session keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gql_users.models import User


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client keeps to stay signed in (RFC 6749), and until when each half is good."""

    access_token: str
    access_token_expires_at: datetime
    refresh_token: str
    refresh_token_expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with a session."""

    user: User
    tokens: TokenPair
