"""Registration: somebody makes an account of their own and is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.access import Client
from gql_users.clock import Clock
from gql_users.errors import Forbidden, Gathering
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import Profile, new_account, words_about
from gql_users.services.sessions import Sessions, SignedIn


@dataclass(frozen=True, slots=True)
class Registration:
    """How accounts come about without an admin."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    sessions: Sessions
    is_open: bool

    @repeated_on_collision
    async def register(self, email: str, password: str, profile: Profile, client: Client) -> SignedIn:
        """A new account, signed in.

        Raises Invalid, WeakPassword, EmailTaken, UsernameTaken, and Forbidden when registration is closed.
        """
        if not self.is_open:
            raise Forbidden("Registration is closed. Ask an admin for an account.")
        now = self.clock.now()
        checks = Gathering()
        user = new_account(email, profile, checks, now)
        accepted = checks("", self.hasher.check, password, words_about(user))
        checks.settle()
        user.password_hash = await self.hasher.hash(accepted)
        user.last_login_at = now
        async with self.unit_of_work() as work:
            await work.users.add(user)
            session = await self.sessions.begin(work, user, client)
        return self.sessions.signed_in(user, session)
