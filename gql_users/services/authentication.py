"""Authentication: an identifier and a password become a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gql_users import text
from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import EmailUnverified, Invalid, InvalidCredentials
from gql_users.events import EventKind, Happened
from gql_users.models import Session, User
from gql_users.repositories.database import Collision
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.sessions import Sessions
from gql_users.services.throttle import Reserved, Throttle
from gql_users.services.token_pair import SignedIn


@dataclass(frozen=True, slots=True)
class Authentication:
    """How people sign in."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    sessions: Sessions
    throttle: Throttle
    requires_verified: bool
    is_quiet: bool

    async def login(self, password: str, client: Client, *, email: str | None, username: str | None) -> SignedIn:
        """Sign in by e-mail address or by username, whichever is given.

        Raises Invalid unless exactly one is given, RateLimited, and InvalidCredentials alike for an unknown identifier,
        a wrong password, a deactivated account and one without a password: each costs exactly one verification. Raises
        EmailUnverified where that is asked for, to who knows the password; where registration is quiet, an account
        with an unverified address is one without a password.
        """
        if (email is None) == (username is None):
            raise Invalid("Give either the e-mail address or the username.", field="email")
        self.hasher.require_room()
        await self.sessions.require_keys()
        who = Identifier.of(email, username)
        async with self.throttle.proving(str(who), Actor(client=client), hasher=self.hasher) as reserved:
            user, session = await self._sign_in(who, password, client, reserved)
        return await self.sessions.signed_in(user, session)

    @repeated_on_collision
    async def _sign_in(
        self, who: Identifier, password: str, client: Client, reserved: Reserved
    ) -> tuple[User, Session]:
        user = await self._find(who)
        reserved.user_id = user.id if user is not None else None
        password_hash = user.password_hash if user is not None and self._is_told(user) else None
        if not await self.hasher.verify(password, password_hash) or user is None or password_hash is None:
            raise InvalidCredentials
        if self.requires_verified and user.email_verified_at is None:
            raise EmailUnverified
        renewed = await self.hasher.hash(password) if self.hasher.needs_rehash(password_hash) else None
        now = self.clock.now()
        async with self.unit_of_work() as work:
            current = await work.users.record_login(user.id, seen=password_hash, now=now, renewed=renewed)
            if current is None:
                # Changed while we were verifying: judge it again as it is now. A sign-in at the same moment may just
                # have renewed the hash, which is no reason to refuse this one.
                raise Collision
            session = await self.sessions.begin(work, current, client)
            themselves = Actor(user_id=user.id, session_id=session.id, client=client)
            await work.events.add(Happened(EventKind.SIGNED_IN, now, themselves, user.id))
            await self.throttle.succeeded(work, reserved)
        return current, session

    def _is_told(self, user: User) -> bool:
        """May whoever knows the password hear that it is right?"""
        # After a quiet registration, it would say that the address was free.
        return user.is_active and (user.email_verified_at is not None or not self.is_quiet)

    async def _find(self, who: Identifier) -> User | None:
        async with self.unit_of_work.reading() as work:
            if who.kind == "username" and who.key is not None:
                return await work.users.find_by_username(who.key)
            # What cannot be one is looked for all the same: not asking would be faster, and tell.
            return await work.users.find_by_email(who.key or "")


@dataclass(frozen=True, slots=True)
class Identifier:
    """What somebody signs in with; without a `key` when nobody can have it.

    Its text is how the throttle knows it: the same for every spelling, account or no account.
    """

    kind: Literal["email", "username"]
    typed: str
    key: str | None

    @classmethod
    def of(cls, email: str | None, username: str | None) -> Identifier:
        """The one that is given."""
        if email is not None:
            return cls("email", email, text.email_key(email))
        return cls("username", username or "", text.username_key(username or ""))

    def __str__(self) -> str:
        return f"{self.kind} {self.key or text.any_key(self.typed)}"


def identifiers(user: User) -> list[str]:
    """All that somebody can sign in to this account with, as the throttle knows it."""
    by_username = [str(Identifier.of(None, user.username_key))] if user.username_key is not None else []
    return [str(Identifier.of(user.email_key, None)), *by_username]
