"""Global object identification, as Relay specifies it: opaque ids that are unique across types."""

from __future__ import annotations

import base64
import binascii
from binascii import b2a_base64
from uuid import UUID

LARGEST_ID = 2**63 - 1


def global_id(kind: str, key: object) -> str:
    """The id of something, such as `base64url("User:42")`."""
    # Of letters, digits, ":" and "-" base64 makes neither "+" nor "/": the URL-safe alphabet needs no translation.
    return binascii.b2a_base64(f"{kind}:{key}".encode(), newline=False).decode().rstrip("=")


def user_id(number: int) -> str:
    """The id of a user: the same, but a page has fifty of them, and this takes two thirds of the time."""
    return b2a_base64(b"User:%d" % number).decode().rstrip("=\n")


def find_user_number(opaque: str) -> int | None:
    """The number of the user with this id; None for ids that are malformed, of another type, or written unusually."""
    try:
        # It passes over what is no base64: what matters is the last line.
        kind, _, number = binascii.a2b_base64(opaque + "==").partition(b":")
    except ValueError:
        return None
    if kind != b"User" or not number.isdigit() or len(number) > 19 or int(number) > LARGEST_ID:
        return None
    # One thing has one id: clients use it as the key of their caches.
    return int(number) if global_id("User", int(number)) == opaque else None


def user_number(opaque: str) -> int:
    """The number of the user with this id; the number nobody has for what is not a user's id.

    So a deed on a malformed id is judged like one on a missing one: first whether the actor may do it at all.
    """
    return find_user_number(opaque) or 0


def find_session_id(opaque: str) -> UUID | None:
    """The session with this id; None as with users."""
    return _find_uuid("Session", opaque)


def session_id(opaque: str) -> UUID:
    """The session with this id; one that nobody has for what is not a session's id, as with users."""
    return find_session_id(opaque) or UUID(int=0)


def find_event_id(opaque: str) -> UUID | None:
    """The event with this id; None as with users."""
    return _find_uuid("Event", opaque)


def _find_uuid(kind: str, opaque: str) -> UUID | None:
    try:
        key = UUID(_key(kind, opaque))
    except ValueError:
        return None
    return key if global_id(kind, key) == opaque else None


def _key(kind: str, opaque: str) -> str:
    """What stands behind the kind in an id of this kind; nothing in others."""
    try:
        decoded = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    found, _, key = decoded.partition(":")
    return key if found == kind else ""
