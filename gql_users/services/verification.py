"""Verification: an address is shown to be somebody's, the one they have or the one they move to."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users import text
from gql_users.access import Actor, Client, require
from gql_users.clock import Clock
from gql_users.errors import (
    ErrorCode,
    Invalid,
    InvalidCredentials,
    NotFound,
    TokenInvalid,
    Unauthenticated,
)
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import User
from gql_users.repositories.database import Collision
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.authentication import Identifier
from gql_users.services.letters import letter_at, letter_to, withdraw
from gql_users.services.one_time import NOT_GOOD, OneTime, Purpose, Shown
from gql_users.services.spacing import Spacing
from gql_users.services.throttle import Reserved, Throttle


@dataclass(frozen=True, slots=True)
class Verification:
    """How addresses are verified and changed by their owners."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    one_time: OneTime
    throttle: Throttle
    spacing: Spacing

    @repeated_on_collision
    async def request(self, email: str, client: Client) -> None:
        """Have another letter sent to the owner of this address, if it has one that is not verified yet.

        Nothing is sent when one was asked for a moment ago. Raises Invalid and RateLimited, alike for every address.
        """
        shown, key = text.email(email)
        about = f"{Purpose.VERIFY_EMAIL.label} {key}"
        async with self.spacing.asking(about, client) as asked, self.unit_of_work() as work:
            if await self.spacing.is_due(work, asked):
                await work.letters.add(letter_at(shown, LetterKind.VERIFY_EMAIL, client, now=self.clock.now()))

    @repeated_on_collision
    async def verify(self, shown: Shown, client: Client) -> User:
        """Take it that the address is its owner's. Raises TokenInvalid, RateLimited and Invalid."""
        token = await self.one_time.find(Purpose.VERIFY_EMAIL, shown, client)
        now = self.clock.now()
        async with self.unit_of_work() as work:
            user = await work.users.find_for_change(token.user_id)
            if user is None or not user.is_active or user.email_key != token.address_key:
                raise TokenInvalid(NOT_GOOD)
            await self.one_time.use(work, token)
            if user.email_verified_at is None:
                user = await work.users.change(user.id, now=now, email_verified_at=now) or user
                who = Actor(user_id=user.id, client=client)
                await work.events.add(Happened(EventKind.EMAIL_VERIFIED, now, who, user.id))
        return user

    async def request_change(self, actor: Actor, new_email: str, current_password: str) -> None:
        """Have a letter sent to a new address of the actor's; nothing changes until it is confirmed there.

        Whether the address is somebody's already, only its owner hears; nothing is sent when it had a letter a moment
        ago. Raises Unauthenticated, Invalid, InvalidCredentials when the password is wrong, and RateLimited.
        """
        require(actor.user_id is not None, actor)
        shown, key = text.email(new_email, field="new_email")
        user = await self._find(actor)
        if shown == user.email:
            raise Invalid("This is your address already.", field="new_email")
        async with self.throttle.proving(
            str(Identifier.of(user.email_key, None)), actor, hasher=self.hasher
        ) as reserved:
            reserved.user_id = user.id
            await self._request_change(actor, shown, key, current_password, reserved)

    @repeated_on_collision
    async def _request_change(
        self, actor: Actor, shown: str, key: str, current_password: str, reserved: Reserved
    ) -> None:
        seen = await self._find(actor)
        if not await self.hasher.verify(current_password, seen.password_hash):
            raise InvalidCredentials("The current password is wrong.", field="current_password")
        now = self.clock.now()
        about, by_all = f"{Purpose.CHANGE_EMAIL.label} {seen.id} {key}", f"{Purpose.CHANGE_EMAIL.label} {key}"
        asking = self.spacing.asking(about, actor.client, by_all=by_all)
        async with asking as asked, self.unit_of_work() as work:
            # It may have waited for its turn. Who got the account back meanwhile has withdrawn all earlier letters, and
            # none may come after that by a password or a session that is no more.
            user = await work.users.find_for_change(seen.id)
            if user is None or not user.is_active or user.password_hash != seen.password_hash:
                raise Collision
            if not await work.sessions.is_live(actor.session_id):
                raise Unauthenticated(ErrorCode.TOKEN_INVALID)
            await self.throttle.succeeded(work, reserved)
            if await self.spacing.is_due(work, asked):
                move = letter_to(user, LetterKind.CHANGE_EMAIL, now=now, address=shown, client=actor.client)
                await work.letters.add(move)

    async def _find(self, actor: Actor) -> User:
        async with self.unit_of_work.reading() as work:
            user = await work.users.find(actor.user_id or 0)
        if user is None or not user.is_active:
            raise NotFound
        return user

    @repeated_on_collision
    async def confirm_change(self, shown: Shown, client: Client) -> User:
        """Move an account to the address that its letter went to; the old address is told.

        Raises TokenInvalid, RateLimited, Invalid, and EmailTaken when the address became somebody else's meanwhile.
        """
        token = await self.one_time.find(Purpose.CHANGE_EMAIL, shown, client)
        now = self.clock.now()
        async with self.unit_of_work() as work:
            user = await work.users.find_for_change(token.user_id)
            # It is used up with all the others; when it is not among them, somebody was faster.
            if user is None or not user.is_active or token.id not in await withdraw(work, user.id):
                raise TokenInvalid(NOT_GOOD)
            farewell = letter_to(user, LetterKind.EMAIL_CHANGED, now=now, client=client)
            changed = await work.users.change(
                user.id, now=now, email=token.address, email_key=token.address_key, email_verified_at=now
            )
            if changed is None:
                raise TokenInvalid(NOT_GOOD)
            who = Actor(user_id=user.id, client=client)
            await work.events.add(Happened(EventKind.EMAIL_CHANGED, now, who, user.id))
            await work.letters.add(farewell)
        return changed
