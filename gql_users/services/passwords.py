"""Passwords, as their owners change them."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.access import Actor, require
from gql_users.clock import Clock
from gql_users.errors import ErrorCode, InvalidCredentials, NotFound, Unauthenticated
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import User
from gql_users.repositories.database import Collision
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import LONGEST_PASSWORD, Passwords
from gql_users.services.accounts import words_about
from gql_users.services.authentication import Identifier
from gql_users.services.letters import letter_to, withdraw
from gql_users.services.throttle import Reserved, Throttle


@dataclass(frozen=True, slots=True)
class PasswordChanges:
    """How a person gets another password."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    throttle: Throttle

    @property
    def shortest(self) -> int:
        """Fewest characters of a password."""
        return self.hasher.shortest

    @property
    def longest(self) -> int:
        """Most characters of a password."""
        return LONGEST_PASSWORD

    async def change(self, actor: Actor, current_password: str, new_password: str) -> User:
        """Give the actor a new password, and end all of their other sessions.

        Raises Unauthenticated, InvalidCredentials when the current password is wrong, RateLimited, Invalid or
        WeakPassword.
        """
        require(actor.user_id is not None, actor)
        user = await self._find(actor)
        # What is wrong with the new one is no try at the present one.
        self.hasher.check(new_password, words_about(user), field="new_password")
        async with self.throttle.proving(
            str(Identifier.of(user.email_key, None)), actor, hasher=self.hasher
        ) as reserved:
            reserved.user_id = user.id
            return await self._change(actor, current_password, new_password, reserved)

    @repeated_on_collision
    async def _change(self, actor: Actor, current_password: str, new_password: str, reserved: Reserved) -> User:
        user = await self._find(actor)
        accepted = self.hasher.check(new_password, words_about(user), field="new_password")
        if not await self.hasher.verify(current_password, user.password_hash) or user.password_hash is None:
            raise InvalidCredentials("The current password is wrong.", field="current_password")
        password_hash = await self.hasher.hash(accepted)
        now = self.clock.now()
        async with self.unit_of_work() as work:
            # It may have waited for its turn, and who asks may have been signed out meanwhile.
            if not await work.sessions.is_live(actor.session_id):
                raise Unauthenticated(ErrorCode.TOKEN_INVALID)
            changed = await work.users.replace_password(
                user.id, seen=user.password_hash, now=now, password_hash=password_hash
            )
            if changed is None:
                # Changed while we were verifying, or just renewed by a sign-in: judge it again as it is now.
                raise Collision
            await withdraw(work, user.id)
            await work.sessions.revoke_all(user.id, now=now, keep=actor.session_id)
            await work.events.add(Happened(EventKind.PASSWORD_CHANGED, now, actor, user.id))
            await work.letters.add(letter_to(changed, LetterKind.PASSWORD_CHANGED, now=now, client=actor.client))
            await self.throttle.succeeded(work, reserved)
        return changed

    async def _find(self, actor: Actor) -> User:
        async with self.unit_of_work.reading() as work:
            user = await work.users.find(actor.user_id or 0)
        if user is None:
            raise NotFound
        return user
