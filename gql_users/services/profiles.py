"""Profiles: what an account says about its person, changed by that person or by an admin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from gql_users import models, text
from gql_users.access import (
    Actor,
    can_change_profile,
    can_deactivate,
    can_reactivate,
    can_set_email,
    can_set_password,
    require,
    require_own_or_admin,
)
from gql_users.clock import Clock
from gql_users.errors import Forbidden, Gathering, Invalid, NotFound, VersionMismatch
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import User
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import UNSET, Profile, Unset, profile_columns, words_about
from gql_users.services.last_admin import keep_an_admin
from gql_users.services.letters import letter_to, withdraw

T = TypeVar("T", str, int)

# The columns that people know, by the names they know them by.
_FIELDS = {
    "age": "age",
    "email": "email",
    "first_name": "firstName",
    "last_name": "lastName",
    "locale": "locale",
    "name": "name",
    "username": "username",
}


@dataclass(frozen=True, slots=True)
class Profiles:
    """How accounts change what they say."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    needs_verified: bool

    async def update(
        self,
        actor: Actor,
        user_id: int,
        profile: Profile,
        *,
        email: str | Unset | None = UNSET,
        is_active: bool | Unset = UNSET,
        expected_version: int | None = None,
    ) -> User:
        """Replace the whole profile: what is not mentioned is emptied. Otherwise like `patch`."""
        whole = Profile(
            username=_or_nothing(profile.username),
            name=_or_nothing(profile.name),
            first_name=_or_nothing(profile.first_name),
            last_name=_or_nothing(profile.last_name),
            age=_or_nothing(profile.age),
            # No older client knows it, so what replaces all they know leaves it alone.
            locale=profile.locale,
        )
        return await self.patch(
            actor, user_id, whole, email=email, is_active=is_active, expected_version=expected_version
        )

    @repeated_on_collision
    async def patch(
        self,
        actor: Actor,
        user_id: int,
        profile: Profile,
        *,
        email: str | Unset | None = UNSET,
        is_active: bool | Unset = UNSET,
        password: str | Unset = UNSET,
        expected_version: int | None = None,
    ) -> User:
        """Change what is mentioned, all of it or nothing. A change to what already is leaves the version alone.

        An address that somebody else puts in counts as not verified, and a password that somebody else sets ends every
        session. Raises NotFound (also for accounts of others), Forbidden when a member sets an address or a password,
        Invalid, WeakPassword, EmailTaken, UsernameTaken, VersionMismatch, LastAdmin.
        """
        require_own_or_admin(can_change_profile(actor, user_id), actor)
        now = self.clock.now()
        said = (email, profile.username, profile.name, profile.first_name, profile.last_name)
        password_hash = await self._hashed(actor, user_id, password, said) if password is not UNSET else None
        async with self.unit_of_work() as work:
            if is_active is False:
                await keep_an_admin(work, actor, losing=user_id)
            user = await work.users.find_for_change(user_id)
            if user is None:
                raise NotFound
            checks = Gathering()
            columns: dict[str, Any] = checks({}, _email_columns, actor, user, email)
            former_address = user.email
            shown = str(columns.get("email", user.email))
            columns = columns | profile_columns(user, profile, checks, email=shown)
            checks.settle()
            if is_active is not UNSET and is_active != user.is_active:
                require(can_reactivate(actor) if is_active else can_deactivate(actor, user_id), actor)
                columns["deactivated_at"] = None if is_active else now
            if password_hash is not None:
                columns["password_hash"] = password_hash
            if not columns and expected_version in {None, user.version}:
                return user
            if columns.keys() & {"email_key", "password_hash", "deactivated_at"}:
                await withdraw(work, user_id)
            changed = await work.users.change(user_id, now=now, expected_version=expected_version, **columns)
            if changed is None:
                raise VersionMismatch(user.version)
            if columns.get("deactivated_at") is not None or password_hash is not None:
                await work.sessions.revoke_all(user_id, now=now)
            await work.events.add(*happened(actor, user_id, columns, now))
            await work.letters.add(*_notices(actor, changed, former_address, columns, now))
            if self.needs_verified and "email_verified_at" in columns:
                await work.letters.add(letter_to(changed, LetterKind.VERIFY_EMAIL, now=now))
        return changed

    async def _hashed(self, actor: Actor, user_id: int, password: str, said: Iterable[str | Unset | None]) -> str:
        """The hash of a password that somebody else sets; made before the unit of work, which nobody may hold up."""
        require(can_set_password(actor), actor)
        async with self.unit_of_work.reading() as work:
            user = await work.users.find(user_id)
        if user is None:
            raise NotFound
        words = (*words_about(user), *(word for word in said if isinstance(word, str)))
        return await self.hasher.hash(self.hasher.check(password, words))


def happened(actor: Actor, user_id: int, columns: dict[str, Any], now: datetime) -> list[Happened]:
    """What a change of these columns means, without what they hold."""
    kinds = []
    if "deactivated_at" in columns:
        kinds.append(EventKind.REACTIVATED if columns["deactivated_at"] is None else EventKind.DEACTIVATED)
    if "password_hash" in columns:
        kinds.append(EventKind.PASSWORD_CHANGED)
    happened = [Happened(kind, now, actor, user_id) for kind in kinds]
    fields = sorted(_FIELDS.keys() & columns.keys())
    if fields:
        details = {"fields": [_FIELDS[field] for field in fields]}
        happened.append(Happened(EventKind.PROFILE_CHANGED, now, actor, user_id, details))
    return happened


def _notices(
    actor: Actor, changed: User, former_address: str, columns: dict[str, Any], now: datetime
) -> list[models.Letter]:
    """What the owner of an account is told when somebody else changes how they get in."""
    notices = []
    if "email_key" in columns:
        farewell = letter_to(changed, LetterKind.EMAIL_CHANGED, now=now, address=former_address, client=actor.client)
        notices.append(farewell)
    if "password_hash" in columns:
        notices.append(letter_to(changed, LetterKind.PASSWORD_CHANGED, now=now, client=actor.client))
    return notices


def _email_columns(actor: Actor, user: User, email: str | Unset | None) -> dict[str, Any]:
    if email is UNSET:
        return {}
    if email is None:
        raise Invalid("An account has an e-mail address.", field="email")
    shown, key = text.email(email)
    if (shown, key) == (user.email, user.email_key):
        return {}
    if not can_set_email(actor):
        raise Forbidden("Ask for a change of address instead; it is confirmed at the new one.", field="email")
    return {
        "email": shown,
        "email_key": key,
        **({"email_verified_at": None} if key != user.email_key else {}),
    }


def _or_nothing(value: T | Unset | None) -> T | None:
    return None if value is UNSET else value
