"""Recognition: who shows an access token. What was seen a moment ago need not be looked up again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import NotAuthentic, TokenInvalid
from gql_users.repositories.reading_sessions import SessionReader
from gql_users.repositories.unit_of_work import UnitsOfWork
from gql_users.security.tokens import AccessClaims, Tokens
from gql_users.services.sessions import require_live
from gql_users.services.signing_keys import SigningKeys

# What somebody does at another replica shows here within a second; what they do here, at once.
FRESH_S = 0.9
MOST_TOKENS = 20_000


@dataclass(slots=True)
class _Seen:
    """A token whose signature was verified, and who showed it when the database was last asked.

    `good_until` is of a clock that only goes forward; `changes` is how often rights had changed here by then.
    """

    claims: AccessClaims
    kid: str
    actor: Actor | None = None
    ends_at: datetime | None = None
    good_until: float = 0.0
    changes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How access tokens become actors."""

    unit_of_work: UnitsOfWork
    reading: SessionReader
    clock: Clock
    tokens: Tokens
    keys: SigningKeys
    idle_lifetime: timedelta
    _seen: dict[str, _Seen] = field(default_factory=dict, repr=False)

    async def recognise(self, access_token: str, client: Client) -> Actor:
        """Who shows this access token. Somebody anonymous, with the reason, when it is not good. Raises Unavailable."""
        try:
            return await self._asked(access_token, client)
        except NotAuthentic as refusal:
            self._seen.pop(access_token, None)
            return Actor(token_refused=refusal.code, client=client)

    def remembered(self, access_token: str, client: Client) -> Actor | None:
        """Who shows it, as the database had it less than a second ago; None when that has to be asked. For reading."""
        seen = self._seen.get(access_token)
        if (
            seen is not None
            and seen.actor is not None
            and seen.ends_at is not None
            and time.monotonic() < seen.good_until
            and seen.changes == self.unit_of_work.changes_of_rights
            and self.clock.now() < seen.ends_at
        ):
            return seen.actor if seen.actor.client is client else replace(seen.actor, client=client)
        return None

    async def _asked(self, access_token: str, client: Client) -> Actor:
        """Raises TokenInvalid, TokenExpired and Unavailable."""
        now = self.clock.now()
        seen = await self._verified(access_token, now)
        claims, looked_at, changes = seen.claims, time.monotonic(), self.unit_of_work.changes_of_rights
        state = await self.reading.find_state(claims.session_id)
        if state is None or state.user_id != claims.user_id:
            raise TokenInvalid
        require_live(state, state, self.idle_lifetime, now)
        actor = Actor(state.user_id, state.id, state.is_admin, client=client, token_expires_at=claims.expires_at)
        seen.actor, seen.good_until, seen.changes = actor, looked_at + FRESH_S, changes
        seen.ends_at = min(claims.expires_at or now, state.ends_at(self.idle_lifetime))
        return actor

    async def _verified(self, access_token: str, now: datetime) -> _Seen:
        """A token whose signature is good, which is found out once. Raises TokenInvalid, TokenExpired, Unavailable."""
        seen = self._seen.get(access_token)
        if seen is not None and seen.claims.expires_at is not None and now < seen.claims.expires_at:
            await self.keys.verifying(seen.kid)  # its key may have been withdrawn since
            return seen
        key = await self.keys.verifying(self.tokens.kid(access_token))
        seen = _Seen(self.tokens.read_access(access_token, key, now=now), key.kid)
        while len(self._seen) >= MOST_TOKENS:
            del self._seen[next(iter(self._seen))]
        self._seen[access_token] = seen
        return seen
