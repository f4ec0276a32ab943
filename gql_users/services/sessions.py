"""Sessions: begun at sign-in, kept alive by refresh tokens, ended by people, time, or a token that came back twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gql_users import text
from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import NotAuthentic, TokenExpired, TokenInvalid, TokenReused
from gql_users.events import EventKind, Happened, id_at
from gql_users.mail.kinds import LetterKind
from gql_users.models import Session, User
from gql_users.repositories.reading_sessions import SessionReader
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.tokens import AccessClaims, RefreshClaims, Tokens, in_whole_seconds
from gql_users.services.letters import letter_to, withdraw_moves
from gql_users.services.signing_keys import SigningKeys
from gql_users.services.token_pair import SignedIn, TokenPair

GRACE = timedelta(seconds=10)


class LogoutScope(Enum):
    """Which sessions a sign-out ends."""

    CURRENT = "current"
    OTHERS = "others"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """How people stay signed in, and stop being so."""

    unit_of_work: UnitsOfWork
    reading: SessionReader
    clock: Clock
    tokens: Tokens
    keys: SigningKeys
    access_lifetime: timedelta
    idle_lifetime: timedelta
    absolute_lifetime: timedelta

    async def begin(self, work: UnitOfWork, user: User, client: Client) -> Session:
        """A new session of the user, in somebody's unit of work."""
        now = self.clock.now()
        session = Session(
            id=id_at(now),
            user_id=user.id,
            generation=1,
            created_at=now,
            refreshed_at=now,
            expires_at=now + self.absolute_lifetime,
            ip_address=text.for_record(client.ip_address, text.LONGEST_ADDRESS),
            user_agent=text.for_record(client.user_agent, text.LONGEST_USER_AGENT),
        )
        await work.sessions.add(session)
        return session

    async def require_keys(self) -> None:
        """Asked before anything begins that tokens will be wanted for. Raises Unavailable."""
        await self.keys.active()

    async def signed_in(self, user: User, session: Session) -> SignedIn:
        """The user with the tokens of the session's present generation. Never inside a unit of work.

        The refresh token depends on the session's row alone, so the same generation gives the same token again.
        """
        key = await self.keys.active()
        now = self.clock.now()
        refresh_expires_at = in_whole_seconds(session.ends_at(self.idle_lifetime))
        access_expires_at = in_whole_seconds(min(now + self.access_lifetime, session.ends_at(self.idle_lifetime)))
        access = AccessClaims(user_id=user.id, session_id=session.id)
        refresh = RefreshClaims(session_id=session.id, generation=session.generation)
        return SignedIn(
            user,
            TokenPair(
                access_token=self.tokens.access(access, key, now=now, expires_at=access_expires_at),
                access_token_expires_at=access_expires_at,
                refresh_token=self.tokens.refresh(refresh, now=session.refreshed_at, expires_at=refresh_expires_at),
                refresh_token_expires_at=refresh_expires_at,
            ),
        )

    async def recognise(self, access_token: str, client: Client) -> Actor:
        """Who shows this access token. Somebody anonymous, with the reason, when it is not good. Raises Unavailable."""
        try:
            now = self.clock.now()
            key = await self.keys.verifying(self.tokens.kid(access_token))
            claims = self.tokens.read_access(access_token, key, now=now)
            state = await self.reading.find_state(claims.session_id)
            if state is None or state.user_id != claims.user_id:
                raise TokenInvalid
            self._require_live(state, state, now)
        except NotAuthentic as refusal:
            return Actor(token_refused=refusal.code, client=client)
        return Actor(state.user_id, state.id, state.is_admin, client=client, token_expires_at=claims.expires_at)

    async def refresh(self, refresh_token: str, client: Client) -> SignedIn:
        """Exchange a refresh token for the next one.

        The immediate predecessor gives the same successor again for ten seconds after the exchange (a lost reply, two
        tabs). Anything older ends the session, because two parties hold its tokens (RFC 9700, 4.14.2).
        Raises TokenInvalid, TokenExpired or TokenReused.
        """
        await self.require_keys()
        user, session = await self._exchange(refresh_token, client)
        return await self.signed_in(user, session)

    @repeated_on_collision
    async def _exchange(self, refresh_token: str, client: Client) -> tuple[User, Session]:
        now = self.clock.now()
        claims = self.tokens.read_refresh(refresh_token, now=now)
        async with self.unit_of_work() as work:
            session, user = self._live(await work.sessions.find_with_user(claims.session_id), now)
            if claims.generation == session.generation:
                advanced = await work.sessions.advance(session.id, seen=claims.generation, now=now)
                if advanced is not None:
                    await work.events.add(Happened(EventKind.REFRESHED, now, _themselves(session, client), user.id))
                    return user, advanced
                # Somebody exchanged it between our two statements, so it is the predecessor now.
                session, user = self._live(await work.sessions.find_with_user(claims.session_id), now)
            if self._is_graced_predecessor(claims, session, now):
                return user, session
        await self._end_reused(session, user, client, now)
        raise TokenReused

    @repeated_on_collision
    async def logout(self, refresh_token: str, scope: LogoutScope, client: Client) -> None:
        """End the session the refresh token belongs to, the user's other ones, or all and each move to another address.

        Ending a session that is over already succeeds. Raises TokenInvalid or TokenExpired, and TokenReused when more
        than the token's own session is asked for with a token that was exchanged before.
        """
        now = self.clock.now()
        claims = self.tokens.read_refresh(refresh_token, now=now)
        async with self.unit_of_work() as work:
            found = await work.sessions.find_with_user(claims.session_id)
            if scope is LogoutScope.CURRENT:
                if await work.sessions.revoke(claims.session_id, now=now) and found is not None:
                    await self._tell_signed_out(work, found[0], scope, client)
                return
            session, user = self._live(found, now)
            if claims.generation == session.generation or self._is_graced_predecessor(claims, session, now):
                if scope is LogoutScope.ALL:
                    # Users before letters. Somebody else may be signed in too, and have asked for it.
                    await work.users.find_for_change(user.id)
                    await withdraw_moves(work, user.id)
                kept = session.id if scope is LogoutScope.OTHERS else None
                await work.sessions.revoke_all(user.id, now=now, keep=kept)
                await self._tell_signed_out(work, session, scope, client)
                return
        await self._end_reused(session, user, client, now)
        raise TokenReused

    async def _tell_signed_out(self, work: UnitOfWork, session: Session, scope: LogoutScope, client: Client) -> None:
        who, now = _themselves(session, client), self.clock.now()
        await work.events.add(Happened(EventKind.SIGNED_OUT, now, who, session.user_id, {"scope": scope.name}))

    async def _end_reused(self, session: Session, user: User, client: Client, now: datetime) -> None:
        """In a unit of its own: the refusal that follows must not undo it."""
        # Whoever came is one of two who hold the token, and nobody knows which.
        who, details = Actor(client=client), {"sessionId": str(session.id)}
        async with self.unit_of_work() as work:
            if await work.sessions.revoke(session.id, now=now):
                await work.events.add(Happened(EventKind.TOKEN_REUSED, now, who, session.user_id, details))
                # Not in the language of whoever came, who may be a thief.
                await work.letters.add(letter_to(user, LetterKind.SESSION_REUSED, now=now))

    def _is_graced_predecessor(self, claims: RefreshClaims, session: Session, now: datetime) -> bool:
        return claims.generation == session.generation - 1 and now - session.refreshed_at <= GRACE

    def _live(self, found: tuple[Session, User] | None, now: datetime) -> tuple[Session, User]:
        """The session and its user, if both are still good."""
        if found is None:
            raise TokenInvalid
        self._require_live(*found, now)
        return found

    def _require_live(self, session: Session, user: User, now: datetime) -> None:
        if session.revoked_at is not None or not user.is_active:
            raise TokenInvalid
        if now >= session.ends_at(self.idle_lifetime):
            raise TokenExpired


def _themselves(session: Session, client: Client) -> Actor:
    """Whose session it is, as who does something with it."""
    return Actor(user_id=session.user_id, session_id=session.id, client=client)
