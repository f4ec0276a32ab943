"""Letters, as services write them down: to whom, about what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gql_users import models, text
from gql_users.access import Client
from gql_users.events import id_at
from gql_users.mail.kinds import LetterKind
from gql_users.models import User
from gql_users.repositories.unit_of_work import UnitOfWork
from gql_users.services.one_time import Purpose

LONGEST_LOCALE = 100

REGISTRATION = "REGISTRATION"
"""The kind of a row that is no letter yet: a worker decides which one it becomes."""

# A little longer than a letter is tried.
LONGEST_WAIT = timedelta(days=3)


def letter_to(
    user: User, kind: LetterKind, *, now: datetime, address: str | None = None, client: Client | None = None
) -> models.Letter:
    """A letter to the owner of an account, at its address unless another one is given.

    It is in their language, or else in that of the `client` whose request it is about.
    """
    asked_in = client.languages if client is not None else None
    return _letter(kind.value, address or user.email, user.locale or asked_in, now, user.id)


def letter_at(address: str, kind: LetterKind, client: Client, *, now: datetime) -> models.Letter:
    """A letter to whoever reads an address, if it has an account. Whoever asks says which language."""
    return _letter(kind.value, address, client.languages, now, None)


def welcome(user: User, client: Client, *, now: datetime) -> models.Letter:
    """The first letter to somebody who just made an account."""
    return letter_to(user, LetterKind.VERIFY_EMAIL, now=now, client=client)


def registration(address: str, locale: str | None, details: dict[str, Any], *, now: datetime) -> models.Letter:
    """A registration, in the place of the letter that will be its answer."""
    written = _letter(REGISTRATION, address, locale, now, None)
    written.details = details
    return written


def longest_wait(kind: str, *, knows_user: bool) -> timedelta:
    """How old a letter may become and still be sent. One that somebody asked for is stale when its link would be.

    A registration's answer waits for a day, whatever it becomes. Whoever asks for a new password is looked up only when
    the letter is sent: one that knows its user before is such an answer.
    """
    if kind == REGISTRATION or (kind == LetterKind.RESET_PASSWORD and knows_user):
        return Purpose.VERIFY_EMAIL.lifetime
    # A kind of letter that carries a link has the name of the link's purpose.
    return Purpose[kind].lifetime if kind in Purpose.__members__ else LONGEST_WAIT


async def withdraw(work: UnitOfWork, user_id: int) -> Collection[UUID]:
    """Let no earlier letter give anybody the account, in the unit of what gives it back to its owner.

    Which secrets were withdrawn. The account is locked already, and what its secrets refer to is changed afterwards:
    users, letters, tokens, in this order as everywhere. A worker that has just made a secret holds the letter's row
    until the secret can be found.

    Whoever had the password may have asked for a move to an address of theirs; a letter that is sent but not read is as
    good as a key. Letters that only verify an address stay good.
    """
    moves = await withdraw_moves(work, user_id)
    return [*moves, *await work.one_time_tokens.withdraw(user_id, [Purpose.RESET_PASSWORD.label])]


async def withdraw_moves(work: UnitOfWork, user_id: int) -> Collection[UUID]:
    """Let no earlier letter move the account to another address. As `withdraw`, which does this too."""
    await work.letters.withdraw(user_id, LetterKind.CHANGE_EMAIL.value)
    return await work.one_time_tokens.withdraw(user_id, [Purpose.CHANGE_EMAIL.label])


def _letter(kind: str, address: str, locale: str | None, now: datetime, user_id: int | None) -> models.Letter:
    return models.Letter(
        id=id_at(now),
        kind=kind,
        user_id=user_id,
        address=address,
        locale=text.for_record(locale, LONGEST_LOCALE),
        created_at=now,
        due_at=now,
        attempts=0,
    )
