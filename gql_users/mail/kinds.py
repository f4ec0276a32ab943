"""The kinds of letters that people get."""

from __future__ import annotations

from enum import StrEnum


class LetterKind(StrEnum):
    """Every occasion for a letter; its texts stand in the section of its name, in lower case."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 - the name of a kind
    CHANGE_EMAIL = "CHANGE_EMAIL"

    # Somebody tried to register, or to move, to an address that has an account.
    ALREADY_REGISTERED = "ALREADY_REGISTERED"

    # These tell the person to whom it happened.
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - the name of a kind
    EMAIL_CHANGED = "EMAIL_CHANGED"
    ADMIN_GRANTED = "ADMIN_GRANTED"
    SESSION_REUSED = "SESSION_REUSED"

    @property
    def has_link(self) -> bool:
        """Does it carry a link and a code, which are good for some minutes?"""
        return self in {LetterKind.VERIFY_EMAIL, LetterKind.RESET_PASSWORD, LetterKind.CHANGE_EMAIL}

    @property
    def section(self) -> str:
        """The section of its texts."""
        return self.value.lower()
