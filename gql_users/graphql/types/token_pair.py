"""What a client keeps to stay signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from gql_users.services import token_pair


@strawberry.type(description="An access token for the next minutes, and a refresh token to get the next pair with.")
class TokenPair:
    """The tokens of a session."""

    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer …`.")
    access_token_expires_at: datetime = strawberry.field(description="Until when the access token is good.")
    refresh_token: str = strawberry.field(
        description="Good for one exchange by `refresh`; keep it where scripts cannot read it."
    )
    refresh_token_expires_at: datetime = strawberry.field(description="Until when the refresh token is good.")
    token_type: str = strawberry.field(description="Always `Bearer` (RFC 6750).", default="Bearer")

    @classmethod
    def of(cls, tokens: token_pair.TokenPair) -> Self:
        """The tokens, as a client sees them."""
        return cls(
            access_token=tokens.access_token,
            access_token_expires_at=tokens.access_token_expires_at,
            refresh_token=tokens.refresh_token,
            refresh_token_expires_at=tokens.refresh_token_expires_at,
        )
