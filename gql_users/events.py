"""What has happened, as plain facts: the kinds of events, and how one is told."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from uuid import UUID

from gql_users.access import Actor


class EventKind(StrEnum):
    """Everything the audit log knows about; stable, for programs to branch on."""

    REGISTERED = "REGISTERED"
    CREATED = "CREATED"
    SIGNED_IN = "SIGNED_IN"
    SIGN_IN_REFUSED = "SIGN_IN_REFUSED"
    THROTTLED = "THROTTLED"
    UNLOCKED = "UNLOCKED"
    REFRESHED = "REFRESHED"
    TOKEN_REUSED = "TOKEN_REUSED"  # noqa: S105 - the name of a kind
    SIGNED_OUT = "SIGNED_OUT"
    SESSION_REVOKED = "SESSION_REVOKED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - the name of a kind
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 - the name of a kind
    EMAIL_VERIFIED = "EMAIL_VERIFIED"
    EMAIL_CHANGED = "EMAIL_CHANGED"
    PROFILE_CHANGED = "PROFILE_CHANGED"
    DEACTIVATED = "DEACTIVATED"
    REACTIVATED = "REACTIVATED"
    DELETED = "DELETED"
    ADMIN_GRANTED = "ADMIN_GRANTED"
    ADMIN_WITHDRAWN = "ADMIN_WITHDRAWN"
    KEY_ROTATED = "KEY_ROTATED"


class UserChangeKind(StrEnum):
    """What becomes of an account, as those who follow it are told; stable, for programs to branch on."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    EMAIL_VERIFIED = "EMAIL_VERIFIED"
    EMAIL_CHANGED = "EMAIL_CHANGED"
    DEACTIVATED = "DEACTIVATED"
    REACTIVATED = "REACTIVATED"
    DELETED = "DELETED"
    ADMIN_CHANGED = "ADMIN_CHANGED"


# Which events are changes of an account. Who signs in, or fails to, changes nothing about it.
CHANGES: Mapping[EventKind, UserChangeKind] = {
    EventKind.REGISTERED: UserChangeKind.CREATED,
    EventKind.CREATED: UserChangeKind.CREATED,
    EventKind.PROFILE_CHANGED: UserChangeKind.UPDATED,
    EventKind.PASSWORD_CHANGED: UserChangeKind.UPDATED,
    EventKind.PASSWORD_RESET: UserChangeKind.UPDATED,
    EventKind.EMAIL_VERIFIED: UserChangeKind.EMAIL_VERIFIED,
    EventKind.EMAIL_CHANGED: UserChangeKind.EMAIL_CHANGED,
    EventKind.DEACTIVATED: UserChangeKind.DEACTIVATED,
    EventKind.REACTIVATED: UserChangeKind.REACTIVATED,
    EventKind.DELETED: UserChangeKind.DELETED,
    EventKind.ADMIN_GRANTED: UserChangeKind.ADMIN_CHANGED,
    EventKind.ADMIN_WITHDRAWN: UserChangeKind.ADMIN_CHANGED,
}

# What somebody at the door does, of whom nobody knows who it is.
BY_STRANGERS = frozenset({EventKind.SIGN_IN_REFUSED, EventKind.THROTTLED, EventKind.TOKEN_REUSED})


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact: what happened when, who did it and from where, and whose account it is about.

    `details` are names and numbers that make it clearer, never values that somebody typed in.
    """

    kind: EventKind
    at: datetime
    by: Actor
    user_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)


_told = count()


def id_at(moment: datetime) -> UUID:
    """A new id that sorts by its moment (UUIDv7, RFC 9562), and within one microsecond by the order of the calls."""
    return _uuid7(moment, ((next(_told) & 0x3FFFF) << 44) | secrets.randbits(44))


def first_id_at(moment: datetime) -> UUID:
    """The least id that something of this moment can have: where a search by time begins or ends."""
    return _uuid7(moment, 0)


def _uuid7(moment: datetime, rest: int) -> UUID:
    milliseconds, microseconds = divmod(_microseconds(moment), 1000)
    # What is finer than a millisecond goes into the 12 bits that follow the version (RFC 9562, 6.2, method 3).
    fraction = microseconds * 4096 // 1000
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | rest)


def _microseconds(moment: datetime) -> int:
    since = max(moment.astimezone(UTC), _EPOCH) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
