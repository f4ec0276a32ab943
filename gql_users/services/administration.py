"""Administration: accounts made, closed, opened again, removed and given rights by those who look after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gql_users.access import (
    Actor,
    can_create,
    can_deactivate,
    can_delete,
    can_reactivate,
    can_set_admin,
    can_unlock,
    require,
    require_own_or_admin,
)
from gql_users.clock import Clock
from gql_users.errors import Gathering, NotFound
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import User
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import Profile, new_account, words_about
from gql_users.services.authentication import identifiers
from gql_users.services.last_admin import keep_an_admin
from gql_users.services.letters import letter_to, withdraw
from gql_users.services.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Administration:
    """What admins do to accounts."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    throttle: Throttle
    needs_verified: bool

    @repeated_on_collision
    async def create(
        self,
        actor: Actor,
        email: str,
        profile: Profile,
        *,
        password: str | None = None,
        is_admin: bool = False,
    ) -> User:
        """A new account for somebody else; without a password nobody can sign in to it until one is set.

        Where people verify their address before they sign in, the letter for that goes out when there is a password.
        `is_admin` is for the command line: no door hands it on. Raises Forbidden, Invalid, WeakPassword, EmailTaken,
        UsernameTaken.
        """
        require(can_create(actor), actor)
        checks = Gathering()
        user = new_account(email, profile, checks, self.clock.now())
        accepted = checks("", self.hasher.check, password, words_about(user)) if password is not None else None
        checks.settle()
        user.is_admin = is_admin
        # Whoever runs the service knows whose address it is, and the first admin could not sign in otherwise.
        user.email_verified_at = user.created_at if is_admin else None
        user.password_hash = await self.hasher.hash(accepted) if accepted is not None else None
        async with self.unit_of_work() as work:
            await work.users.add(user)
            await work.events.add(Happened(EventKind.CREATED, user.created_at, actor, user.id))
            if is_admin:
                await work.events.add(Happened(EventKind.ADMIN_GRANTED, user.created_at, actor, user.id))
            elif self.needs_verified and user.password_hash is not None:
                await work.letters.add(letter_to(user, LetterKind.VERIFY_EMAIL, now=user.created_at))
        return user

    @repeated_on_collision
    async def deactivate(self, actor: Actor, user_id: int) -> User:
        """Close an account: nobody can sign in to it and every session of it ends. Twice is the same as once.

        Raises NotFound (also for accounts of others) and LastAdmin.
        """
        require_own_or_admin(can_deactivate(actor, user_id), actor)
        now = self.clock.now()
        async with self.unit_of_work() as work:
            await keep_an_admin(work, actor, losing=user_id)
            user = await self._found(work, user_id)
            if user.is_active:
                user = await self._changed(work, user_id, deactivated_at=now)
                await work.events.add(Happened(EventKind.DEACTIVATED, now, actor, user_id))
                await withdraw(work, user_id)
            await work.sessions.revoke_all(user_id, now=now)
        return user

    @repeated_on_collision
    async def reactivate(self, actor: Actor, user_id: int) -> User:
        """Open a closed account again. Its old sessions stay ended. Raises Forbidden and NotFound."""
        require(can_reactivate(actor), actor)
        async with self.unit_of_work() as work:
            user = await self._found(work, user_id)
            if user.is_active:
                return user
            await work.events.add(Happened(EventKind.REACTIVATED, self.clock.now(), actor, user_id))
            return await self._changed(work, user_id, deactivated_at=None)

    @repeated_on_collision
    async def delete(self, actor: Actor, user_id: int) -> None:
        """Remove an account and all that belongs to it, for good. Raises Forbidden, NotFound and LastAdmin."""
        require(can_delete(actor), actor)
        async with self.unit_of_work() as work:
            await keep_an_admin(work, actor, losing=user_id)
            if not await work.users.delete(user_id):
                raise NotFound
            await work.events.add(Happened(EventKind.DELETED, self.clock.now(), actor, user_id))

    @repeated_on_collision
    async def set_admin(self, actor: Actor, user_id: int, is_admin: bool) -> User:
        """Grant or withdraw admin rights. Who loses them is signed out everywhere.

        Raises Forbidden, NotFound and LastAdmin.
        """
        require(can_set_admin(actor), actor)
        async with self.unit_of_work() as work:
            if not is_admin:
                await keep_an_admin(work, actor, losing=user_id)
            user = await self._found(work, user_id)
            if user.is_admin == is_admin:
                return user
            now = self.clock.now()
            if not is_admin:
                await work.sessions.revoke_all(user_id, now=now)
            kind = EventKind.ADMIN_GRANTED if is_admin else EventKind.ADMIN_WITHDRAWN
            await work.events.add(Happened(kind, now, actor, user_id))
            if is_admin:
                await work.letters.add(letter_to(user, LetterKind.ADMIN_GRANTED, now=now, client=actor.client))
            return await self._changed(work, user_id, is_admin=is_admin)

    @repeated_on_collision
    async def unlock(self, actor: Actor, user_id: int) -> User:
        """Let everybody try to sign in to an account again at once, from every network. Raises Forbidden, NotFound."""
        require(can_unlock(actor), actor)
        async with self.unit_of_work() as work:
            user = await self._found(work, user_id)
            await self.throttle.forget_accounts(work, identifiers(user))
            await work.events.add(Happened(EventKind.UNLOCKED, self.clock.now(), actor, user_id))
        return user

    @repeated_on_collision
    async def unlock_network(self, actor: Actor, ip_address: str) -> None:
        """Let everybody at an address try to sign in again at once. Raises Forbidden."""
        require(can_unlock(actor), actor)
        async with self.unit_of_work() as work:
            await self.throttle.forget_network(work, ip_address)
            await work.events.add(Happened(EventKind.UNLOCKED, self.clock.now(), actor))

    async def has_admin(self) -> bool:
        """Is there anybody with admin rights?"""
        async with self.unit_of_work.reading() as work:
            return await work.users.has_admin()

    async def _found(self, work: UnitOfWork, user_id: int) -> User:
        user = await work.users.find_for_change(user_id)
        if user is None:
            raise NotFound
        return user

    async def _changed(self, work: UnitOfWork, user_id: int, **columns: Any) -> User:
        changed = await work.users.change(user_id, now=self.clock.now(), **columns)
        if changed is None:
            raise NotFound
        return changed
