"""Registration: somebody makes an account of their own and is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import Forbidden, Gathering
from gql_users.events import EventKind, Happened
from gql_users.models import Session, User
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import Profile, new_account, words_about
from gql_users.services.letters import welcome
from gql_users.services.quiet_registration import QuietRegistration
from gql_users.services.sessions import Sessions
from gql_users.services.spacing import Spacing
from gql_users.services.throttle import Reserved, Throttle
from gql_users.services.token_pair import TokenPair


class Openness(Enum):
    """Who may register, and what they hear."""

    OPEN = "open"
    QUIET = "quiet"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A new account, signed in or not. Where registration is quiet, nothing: the rest is in a letter."""

    user: User | None = None
    tokens: TokenPair | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """How accounts come about without an admin."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    sessions: Sessions
    throttle: Throttle
    spacing: Spacing
    quietly: QuietRegistration
    openness: Openness
    requires_verified: bool

    async def register(self, email: str, password: str, profile: Profile, client: Client) -> Registered:
        """A new account, signed in unless its address has to be verified before.

        Where registration is quiet it is only written down, and a letter to the address is the answer.
        Raises Invalid, WeakPassword, EmailTaken, UsernameTaken, RateLimited, and Forbidden when registration is closed.
        """
        if self.openness is Openness.CLOSED:
            raise Forbidden("Registration is closed. Ask an admin for an account.")
        if self.openness is Openness.QUIET:
            await self.quietly.write_down(email, password, profile, client)
            return Registered()
        await self.sessions.require_keys()
        # What no address or password can be is no claim to one.
        self._checked(email, password, profile)
        async with self.throttle.claiming(Actor(client=client), hasher=self.hasher) as reserved:
            await self.spacing.count_registration(client)
            user, session = await self._make(email, password, profile, client, reserved)
        if session is None:
            return Registered(user)
        signed_in = await self.sessions.signed_in(user, session)
        return Registered(user, signed_in.tokens)

    @repeated_on_collision
    async def _make(
        self, email: str, password: str, profile: Profile, client: Client, reserved: Reserved
    ) -> tuple[User, Session | None]:
        user, accepted = self._checked(email, password, profile)
        user.password_hash = await self.hasher.hash(accepted)
        now, session = user.created_at, None
        user.last_login_at = now if not self.requires_verified else None
        async with self.unit_of_work() as work:
            await work.users.add(user)
            if not self.requires_verified:
                session = await self.sessions.begin(work, user, client)
            who = Actor(user_id=user.id, session_id=session.id if session is not None else None, client=client)
            await work.events.add(Happened(EventKind.REGISTERED, now, who, user.id))
            await work.letters.add(welcome(user, client, now=now))
            await self.throttle.succeeded(work, reserved)
        return user, session

    def _checked(self, email: str, password: str, profile: Profile) -> tuple[User, str]:
        """The account as it would be, and the password as it would be hashed. Raises what is wrong, all at once."""
        checks = Gathering()
        user = new_account(email, profile, checks, self.clock.now())
        accepted = checks("", self.hasher.check, password, words_about(user))
        checks.settle()
        return user, accepted
