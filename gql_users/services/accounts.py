"""What an account says about its person: the rules for every profile field, whoever fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal, TypeAlias

from gql_users import text
from gql_users.errors import Gathering, Invalid
from gql_users.models import User

OLDEST = 150

# What a name is filled from, beside the address.
_NAMED_AFTER = ("first_name", "last_name", "username")

# Stands in for a text and its key that were refused.
_NOTHING = ("", "")


class _Unset(Enum):
    UNSET = "unset"


UNSET: Final = _Unset.UNSET
"""Not mentioned: stays as it is. None says: nothing."""

Unset: TypeAlias = Literal[_Unset.UNSET]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What somebody says about a person, as it came in. What is not mentioned stays, or is nothing in a new account."""

    username: str | Unset | None = UNSET
    name: str | Unset | None = UNSET
    first_name: str | Unset | None = UNSET
    last_name: str | Unset | None = UNSET
    age: int | Unset | None = UNSET
    locale: str | Unset | None = UNSET


def new_account(email: str, profile: Profile, checks: Gathering, now: datetime) -> User:
    """A user made of what somebody said, not yet stored. What is wrong is gathered in `checks`."""
    shown, key = checks(_NOTHING, text.email, email)
    return User(
        email=shown,
        email_key=key,
        is_admin=False,
        version=1,
        created_at=now,
        updated_at=now,
        **profile_columns(None, profile, checks, email=shown),
    )


def profile_columns(
    user: User | None, profile: Profile, checks: Gathering, *, email: str
) -> dict[str, str | int | None]:
    """What is to be stored where, for a new account or a changed one. Only what differs from `user`.

    `email` is the address the account will have. What is wrong is gathered in `checks`.
    """
    columns: dict[str, str | int | None] = {}
    if profile.username is None:
        columns["username"] = columns["username_key"] = None
    elif profile.username is not UNSET:
        columns["username"], columns["username_key"] = checks(_NOTHING, text.username, profile.username)
    for field, value in (("first_name", profile.first_name), ("last_name", profile.last_name)):
        if value is not UNSET:
            columns[field] = checks("", text.name_part, value, field) if value is not None else None
    if profile.age is not UNSET:
        columns["age"] = checks(0, _age, profile.age) if profile.age is not None else None
    if profile.locale is not UNSET:
        columns["locale"] = checks("", text.locale, profile.locale) if profile.locale is not None else None
    columns |= _name_columns(user, profile, columns, checks, email)
    if user is None:
        return columns
    return {column: value for column, value in columns.items() if getattr(user, column) != value}


def words_about(user: User) -> tuple[str | None, ...]:
    """The words that describe the owner of an account, none of which is a password."""
    local_part = user.email.partition("@")[0]
    return (user.email, local_part, user.username, user.name, user.first_name, user.last_name)


def _name_columns(
    user: User | None, profile: Profile, columns: dict[str, str | int | None], checks: Gathering, email: str
) -> dict[str, str]:
    """The name: as given, or filled from the first and the last name, which it then follows when they change."""
    if isinstance(profile.name, str):
        name, key = checks(_NOTHING, text.name, profile.name)
        return {"name": name, "name_key": key}
    if user is not None and profile.name is UNSET:
        is_followed = email != user.email or not columns.keys().isdisjoint(_NAMED_AFTER)
        if not is_followed or user.name != _filled_from(_said(user), user.email)[0]:
            return {}
    name, key = _filled_from(_said(user) | columns, email)
    return {"name": name, "name_key": key}


def _said(user: User | None) -> dict[str, str | int | None]:
    return {field: getattr(user, field) for field in _NAMED_AFTER} if user is not None else {}


def _filled_from(said: Mapping[str, str | int | None], email: str) -> tuple[str, str]:
    """The first and last name, or else the username, or else what stands before the @; and its key."""
    parts = [str(said[field]) for field in ("first_name", "last_name") if said.get(field)]
    return text.shortened_name(" ".join(parts) or str(said.get("username") or email.partition("@")[0] or "?"))


def _age(value: int) -> int:
    if not 0 <= value <= OLDEST:
        raise Invalid(f"An age is a number of years from 0 to {OLDEST}.", field="age")
    return value
