"""Registration: somebody makes an account of their own and is signed in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from gql_users import text
from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import EmailTaken, Forbidden, Gathering, RateLimited, UsernameTaken
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import Session, User
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import Profile, new_account, words_about
from gql_users.services.letters import letter_to, welcome
from gql_users.services.sessions import Sessions, TokenPair
from gql_users.services.spacing import Spacing
from gql_users.services.throttle import Reserved, Throttle


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
    openness: Openness
    requires_verified: bool

    async def register(self, email: str, password: str, profile: Profile, client: Client) -> Registered:
        """A new account, signed in unless its address has to be verified before.

        Where registration is quiet, an address that is taken is answered like any other, and its owner gets a letter.
        Raises Invalid, WeakPassword, EmailTaken, UsernameTaken, RateLimited, and Forbidden when registration is closed.
        """
        if self.openness is Openness.CLOSED:
            raise Forbidden("Registration is closed. Ask an admin for an account.")
        await self.sessions.require_keys()
        # What no address or password can be is no claim to one.
        self._checked(email, password, profile)
        async with self.throttle.claiming(Actor(client=client)) as reserved:
            try:
                user, session = await self._make(email, password, profile, client, reserved)
            except EmailTaken:
                if self.openness is not Openness.QUIET:
                    raise
                await self._tell_the_owner(email, profile, client, reserved)
                return Registered()
        if self.openness is Openness.QUIET:
            return Registered()
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
        signs_in = self.openness is Openness.OPEN and not self.requires_verified
        user.last_login_at = now if signs_in else None
        async with self.unit_of_work() as work:
            await work.users.add(user)
            if signs_in:
                session = await self.sessions.begin(work, user, client)
            who = Actor(user_id=user.id, session_id=session.id if session is not None else None, client=client)
            await work.events.add(Happened(EventKind.REGISTERED, now, who, user.id))
            await work.letters.add(welcome(user, client, now=now))
            await self.throttle.succeeded(work, reserved)
        return user, session

    @repeated_on_collision
    async def _tell_the_owner(self, email: str, profile: Profile, client: Client, reserved: Reserved) -> None:
        """Raises UsernameTaken like any registration would, so that its absence tells nothing about the address."""
        _, key = text.email(email)
        username = profile.username if isinstance(profile.username, str) else None
        async with self.unit_of_work() as work:
            if username is not None and await work.users.find_by_username(text.username(username)[1]) is not None:
                raise UsernameTaken(field="username")
            owner = await work.users.find_by_email(key)
            await self.throttle.succeeded(work, reserved)
        if owner is not None:
            with suppress(RateLimited):  # one letter tells it; the same again and again would be a nuisance
                await self._write(owner, client)

    async def _write(self, owner: User, client: Client) -> None:
        now = self.clock.now()
        async with self.unit_of_work() as work:
            await self.spacing.space(work, f"registered {owner.email_key}", client)
            await work.letters.add(letter_to(owner, LetterKind.ALREADY_REGISTERED, now=now))

    def _checked(self, email: str, password: str, profile: Profile) -> tuple[User, str]:
        """The account as it would be, and the password as it would be hashed. Raises what is wrong, all at once."""
        checks = Gathering()
        user = new_account(email, profile, checks, self.clock.now())
        accepted = checks("", self.hasher.check, password, words_about(user))
        checks.settle()
        return user, accepted
