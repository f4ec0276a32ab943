"""Letters, as services write them down: to whom, about what."""

from __future__ import annotations

from datetime import datetime

from gql_users import models, text
from gql_users.access import Client
from gql_users.events import id_at
from gql_users.mail.kinds import LetterKind
from gql_users.models import User

LONGEST_LOCALE = 100


def letter_to(user: User, kind: LetterKind, *, now: datetime, address: str | None = None) -> models.Letter:
    """A letter to the owner of an account, at its address unless another one is given, in their language."""
    return _letter(kind, address or user.email, user.locale, now, user.id)


def letter_at(address: str, kind: LetterKind, client: Client, *, now: datetime) -> models.Letter:
    """A letter to whoever reads an address, if it has an account. Whoever asks says which language."""
    return _letter(kind, address, client.languages, now, None)


def welcome(user: User, client: Client, *, now: datetime) -> models.Letter:
    """The first letter to somebody who just made an account."""
    return _letter(LetterKind.VERIFY_EMAIL, user.email, user.locale or client.languages, now, user.id)


def _letter(kind: LetterKind, address: str, locale: str | None, now: datetime, user_id: int | None) -> models.Letter:
    return models.Letter(
        id=id_at(now),
        kind=kind.value,
        user_id=user_id,
        address=address,
        locale=text.for_record(locale, LONGEST_LOCALE),
        created_at=now,
        due_at=now,
        attempts=0,
    )
