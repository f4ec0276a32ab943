"""Recovery: somebody forgot their password and reads their letters."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users import text
from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import TokenInvalid
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import OneTimeToken, User
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import words_about
from gql_users.services.authentication import identifiers
from gql_users.services.letters import letter_at, letter_to, withdraw
from gql_users.services.one_time import NOT_GOOD, OneTime, Purpose, Shown
from gql_users.services.spacing import Spacing
from gql_users.services.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Recovery:
    """How a person gets in again."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    one_time: OneTime
    throttle: Throttle
    spacing: Spacing

    @repeated_on_collision
    async def request(self, email: str, client: Client) -> None:
        """Have a letter sent to the owner of this address, if it has one. Whether it does, only the worker finds out.

        Nothing is sent when one was asked for a moment ago. Raises Invalid for what is no address, and RateLimited;
        alike for every address.
        """
        shown, key = text.email(email)
        about = f"{Purpose.RESET_PASSWORD.label} {key}"
        async with self.spacing.asking(about, client) as asked, self.unit_of_work() as work:
            if await self.spacing.is_due(work, asked):
                await work.letters.add(letter_at(shown, LetterKind.RESET_PASSWORD, client, now=self.clock.now()))

    async def reset(self, shown: Shown, new_password: str, client: Client) -> User:
        """Give the account of a letter a new password, and end all of its sessions.

        A password that is refused leaves the letter good, and its code with as many tries. Raises TokenInvalid,
        RateLimited, Invalid and WeakPassword.
        """
        # Before a try at the code is taken. What is wrong with it for this person, only a reader of the letter hears.
        self.hasher.check(new_password, field="new_password")
        self.hasher.require_room()
        token = await self.one_time.find(Purpose.RESET_PASSWORD, shown, client)
        async with self.unit_of_work.reading() as work:
            user = _owner(await work.users.find(token.user_id), token)
        accepted = self.hasher.check(new_password, words_about(user), field="new_password")
        return await self._reset(token, await self.hasher.hash(accepted), client)

    @repeated_on_collision
    async def _reset(self, token: OneTimeToken, password_hash: str, client: Client) -> User:
        now = self.clock.now()
        async with self.unit_of_work() as work:
            user = _owner(await work.users.find_for_change(token.user_id), token)
            await self.one_time.use(work, token)
            # Whoever read the letter has shown that the address is theirs.
            verified_at = user.email_verified_at or now
            changed = await work.users.change(
                user.id, now=now, password_hash=password_hash, email_verified_at=verified_at
            )
            if changed is None:
                raise TokenInvalid(NOT_GOOD)
            await work.sessions.revoke_all(user.id, now=now)
            await withdraw(work, user.id)
            await self.throttle.forget_accounts(work, identifiers(user))
            who = Actor(user_id=user.id, client=client)
            await work.events.add(Happened(EventKind.PASSWORD_RESET, now, who, user.id))
            await work.letters.add(letter_to(changed, LetterKind.PASSWORD_CHANGED, now=now, client=client))
        return changed


def _owner(user: User | None, token: OneTimeToken) -> User:
    """The owner of the account, if it still has the address that the letter went to. Raises TokenInvalid."""
    if user is None or not user.is_active or user.email_key != token.address_key:
        raise TokenInvalid(NOT_GOOD)
    return user
