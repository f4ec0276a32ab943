"""Registration: somebody makes an account of their own and is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import Forbidden, Gathering
from gql_users.events import EventKind, Happened
from gql_users.models import Session, User
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import Profile, new_account, words_about
from gql_users.services.sessions import Sessions, SignedIn
from gql_users.services.throttle import Reserved, Throttle


@dataclass(frozen=True, slots=True)
class Registration:
    """How accounts come about without an admin."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    sessions: Sessions
    throttle: Throttle
    is_open: bool

    async def register(self, email: str, password: str, profile: Profile, client: Client) -> SignedIn:
        """A new account, signed in.

        Raises Invalid, WeakPassword, EmailTaken, UsernameTaken, RateLimited, and Forbidden when registration is closed.
        """
        if not self.is_open:
            raise Forbidden("Registration is closed. Ask an admin for an account.")
        await self.sessions.require_keys()
        # What no address or password can be is no claim to one.
        self._checked(email, password, profile)
        async with self.throttle.claiming(Actor(client=client)) as reserved:
            user, session = await self._make(email, password, profile, client, reserved)
        return await self.sessions.signed_in(user, session)

    @repeated_on_collision
    async def _make(
        self, email: str, password: str, profile: Profile, client: Client, reserved: Reserved
    ) -> tuple[User, Session]:
        user, accepted = self._checked(email, password, profile)
        user.password_hash = await self.hasher.hash(accepted)
        user.last_login_at = now = user.created_at
        async with self.unit_of_work() as work:
            await work.users.add(user)
            session = await self.sessions.begin(work, user, client)
            who = Actor(user_id=user.id, session_id=session.id, client=client)
            await work.events.add(Happened(EventKind.REGISTERED, now, who, user.id))
            await self.throttle.succeeded(work, reserved)
        return user, session

    def _checked(self, email: str, password: str, profile: Profile) -> tuple[User, str]:
        """The account as it would be, and the password as it would be hashed. Raises what is wrong, all at once."""
        checks = Gathering()
        user = new_account(email, profile, checks, self.clock.now())
        accepted = checks("", self.hasher.check, password, words_about(user))
        checks.settle()
        return user, accepted
