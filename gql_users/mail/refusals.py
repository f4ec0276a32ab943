"""What it means when a mail server does not take a letter: is it worth another try, and what is the trouble?"""

from __future__ import annotations

import re

from aiosmtplib import SMTPDataError, SMTPRecipientRefused, SMTPResponseException

# RFC 3463: 5.1.x is about addresses, 5.2.x about mailboxes. RFC 5321: the codes of a server that says no more.
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_ABOUT_THE_SENDER = {"5.1.7", "5.1.8"}
_NO_SUCH_MAILBOX = {550, 551, 553}


def meaning_of(error: Exception) -> tuple[bool, str]:
    """Is it worth another try, and what is the trouble? It names no address.

    Only what is said of this recipient is final: the rest is for the operator to mend.
    """
    if isinstance(error, SMTPRecipientRefused | SMTPDataError):
        what = "recipient" if isinstance(error, SMTPRecipientRefused) else "letter"
        found = _ENHANCED.match(error.message)
        code = f"{error.code} {found[0]}" if found else str(error.code)
        return not _is_final(error, found and found[0]), f"the mail server refused the {what} ({code})"
    if isinstance(error, SMTPResponseException):
        return True, f"the mail server answered {error.code}"
    return True, f"the mail server cannot be reached ({type(error).__name__})"


def _is_final(error: SMTPRecipientRefused | SMTPDataError, enhanced: str | None) -> bool:
    """Is it about this mailbox, and for good? Servers say 550 and 554 of relaying, quotas and block lists, too."""
    if error.code < 500:
        return False
    if enhanced is None:
        return isinstance(error, SMTPRecipientRefused) and error.code in _NO_SUCH_MAILBOX
    return enhanced.startswith(("5.1.", "5.2.")) and enhanced not in _ABOUT_THE_SENDER
