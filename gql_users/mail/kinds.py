"""The kinds of letters that people get."""

from __future__ import annotations

from enum import StrEnum


class LetterKind(StrEnum):
    """Every occasion for a letter; its texts stand in the section of its name, in lower case."""

    # These carry a link and a code.
    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 - the name of a kind
    CHANGE_EMAIL = "CHANGE_EMAIL"

    # Somebody tried to register, or to move, to an address that has an account.
    ALREADY_REGISTERED = "ALREADY_REGISTERED"

    # These tell the person to whom it happened; EMAIL_CHANGED shows the detail `new_address` when it is there.
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - the name of a kind
    EMAIL_CHANGED = "EMAIL_CHANGED"
    ADMIN_GRANTED = "ADMIN_GRANTED"
    SESSION_REUSED = "SESSION_REUSED"

    @property
    def section(self) -> str:
        """The section of its texts."""
        return self.value.lower()
