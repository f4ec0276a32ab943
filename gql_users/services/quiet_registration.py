"""Quiet registration: written down alike for every address; only the worker finds out whether somebody has it."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from gql_users import models, text
from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import EmailTaken, Gathering, Invalid
from gql_users.events import EventKind, Happened
from gql_users.mail.kinds import LetterKind
from gql_users.models import User
from gql_users.repositories.database import Collision
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.services.accounts import UNSET, Profile, new_account, words_about
from gql_users.services.letters import REGISTRATION, registration
from gql_users.services.one_time import Purpose
from gql_users.services.outbox import facts
from gql_users.services.profiles import happened
from gql_users.services.spacing import Spacing

log = logging.getLogger("gql_users.delivery")

# What a registration says about its person.
_SAID = ("name", "name_key", "first_name", "last_name", "age", "locale")


@dataclass(frozen=True, slots=True)
class QuietRegistration:
    """How people register where nobody hears who has an account."""

    unit_of_work: UnitsOfWork
    clock: Clock
    hasher: Passwords
    spacing: Spacing
    is_closed: bool

    async def write_down(self, email: str, password: str, profile: Profile, client: Client) -> None:
        """Take a registration; a letter will be its answer. No account is looked at.

        Raises Invalid, WeakPassword and RateLimited, alike for every address.
        """
        self.hasher.require_room()
        account, accepted = self._checked(email, password, profile)
        await self.spacing.count_registration(client, about=account.email_key)
        password_hash = await self.hasher.hash(accepted)
        await self._write(account, profile, password_hash, client)

    @repeated_on_collision
    async def decide(self, row: models.Letter) -> models.Letter | None:
        """The letter that a row of the outbox is, or becomes when it is a registration. None when it is gone.

        None as well for a registration that waited until nobody may register any more. Others become letters in the
        unit that makes the account: who sends one again after a crash finds a letter.
        """
        if row.kind != REGISTRATION:
            return row
        async with self.unit_of_work() as work:
            waiting = await work.letters.find_for_change(row)
            if waiting is None or waiting.kind != REGISTRATION:
                return waiting
            if self.is_closed:
                log.warning("a registration was dropped: registration is closed", extra=facts(waiting))
                return None
            said, client = _asked_for(waiting, self.clock.now())
            owner = await work.users.find_by_email(said.email_key)
            if owner is None:
                await _make(work, said, client)
                return await work.letters.become(waiting, LetterKind.VERIFY_EMAIL.value, said)
            # Users before letters and tokens, as everybody locks them. This row is no letter of anybody's yet.
            owner = await work.users.find_for_change(owner.id)
            if owner is None or owner.email_key != said.email_key:
                raise Collision
            # A new account takes one, and the numbers around it must not tell whether there is one.
            await work.users.skip_number()
            # To the address as its owner wrote it: one that only folds to the same may be somebody else's mailbox.
            kind = await _told_to(work, owner, said, client)
            return await work.letters.become(waiting, kind.value, owner)

    def _checked(self, email: str, password: str, profile: Profile) -> tuple[User, str]:
        """The account as it would be, and the password as it would be hashed. Raises what is wrong, all at once."""
        checks = Gathering()
        user = new_account(email, replace(profile, username=UNSET), checks, self.clock.now())
        checks(None, _require_no_username, profile)
        accepted = checks("", self.hasher.check, password, words_about(user))
        checks.settle()
        return user, accepted

    @repeated_on_collision
    async def _write(self, account: User, profile: Profile, password_hash: str, client: Client) -> None:
        said = {field: value for field, value in asdict(profile).items() if value is not UNSET}
        details = {"profile": said, "password_hash": password_hash, "client": _for_record(client)}
        locale = account.locale or client.languages
        async with self.unit_of_work() as work:
            await work.letters.add(registration(account.email, locale, details, now=self.clock.now()))


async def _make(work: UnitOfWork, said: User, client: Client) -> None:
    """The account that was asked for, in the unit of what it is asked for by."""
    try:
        await work.users.add(said)
    except EmailTaken as error:
        # Somebody else's began at the same moment: judge it again, with that account in sight.
        raise Collision from error
    who = Actor(user_id=said.id, client=client)
    await work.events.add(Happened(EventKind.REGISTERED, said.created_at, who, said.id))


async def _told_to(work: UnitOfWork, owner: User, said: User, client: Client) -> LetterKind:
    """What the owner of an address hears when it is registered again, as `said`.

    Nobody has shown yet that an unverified address is theirs. Whoever reads its letters chooses the password then: the
    one that was typed in first may be somebody else's, so no letter, earlier or later, confirms it.
    """
    if owner.email_verified_at is not None or not owner.is_active:
        return LetterKind.ALREADY_REGISTERED
    # In this order: a worker that has just made a secret holds the letter's row until the secret can be found.
    await work.letters.withdraw(owner.id, LetterKind.VERIFY_EMAIL.value)
    await work.one_time_tokens.withdraw(owner.id, [Purpose.VERIFY_EMAIL.label])
    columns: dict[str, Any] = {"password_hash": None} if owner.password_hash is not None else {}
    # If nobody but a stranger has said so far who this is. What an admin said stays.
    is_new = owner.last_login_at is None and await work.events.knows(EventKind.REGISTERED, owner.id)
    if is_new:
        columns |= {name: getattr(said, name) for name in _SAID if getattr(said, name) != getattr(owner, name)}
    if is_new or columns:
        # Also when all is as it was: it is remembered from now on for as long as any new account.
        await work.users.change(owner.id, now=said.created_at, **columns)
        await work.events.add(*happened(Actor(client=client), owner.id, columns, said.created_at))
    return LetterKind.RESET_PASSWORD


def _asked_for(waiting: models.Letter, now: datetime) -> tuple[User, Client]:
    """The account that a registration asks for, and from where. Raises Invalid when its rules have changed since."""
    said: dict[str, Any] = waiting.details or {}
    checks = Gathering()
    user = new_account(waiting.address, Profile(**said["profile"]), checks, now)
    checks.settle()
    user.password_hash = said["password_hash"]
    return user, Client(**said["client"])


def _for_record(client: Client) -> dict[str, str | None]:
    return {
        "ip_address": text.for_record(client.ip_address, text.LONGEST_ADDRESS),
        "user_agent": text.for_record(client.user_agent, text.LONGEST_USER_AGENT),
    }


def _require_no_username(profile: Profile) -> None:
    """Whether a username is taken would have to be told at once, and later it would tell whether the address was."""
    if isinstance(profile.username, str):
        raise Invalid("A username is chosen after signing in.", field="username")
