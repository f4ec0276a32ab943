"""Global object identification, as Relay specifies it: opaque ids that are unique across types."""

from __future__ import annotations

import base64
import binascii


def global_id(kind: str, number: object) -> str:
    """The id of something, such as `base64url("User:42")`."""
    return base64.urlsafe_b64encode(f"{kind}:{number}".encode()).rstrip(b"=").decode()


def find_user_number(opaque: str) -> int | None:
    """The number of the user with this id; None for ids that are malformed, of another type, or written unusually."""
    try:
        kind, _, number = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True).partition(
            b":"
        )
    except (binascii.Error, ValueError):
        return None
    if kind != b"User" or not number.isdigit() or len(number) > 19:
        return None
    # One thing has one id: clients use it as the key of their caches.
    return int(number) if global_id("User", int(number)) == opaque else None


def user_number(opaque: str) -> int:
    """The number of the user with this id; the number nobody has for what is not a user's id.

    So a deed on a malformed id is judged like one on a missing one: first whether the actor may do it at all.
    """
    return find_user_number(opaque) or 0
