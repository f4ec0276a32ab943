"""What people and settings bring into a letter, made safe: names, addresses, links."""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address
from email.policy import SMTPUTF8

from gql_users import text

LONGEST_SHOWN_NAME = 60
LONGEST_LINE = 300

# Mail programs make links of such words by themselves, and a letter of ours would carry whatever its name advertises.
_LIKE_A_LINK = re.compile(r"://|@|\bwww\b|[^\W_]\.[^\W\d_]{2,}|\d\.\d+\.\d")
# Characters that nobody sees beside those of the category Cf, and stops that pass for a dot.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_LIKE_A_DOT = re.compile("[\u0589\u06d4\u3002]")
_LINK = re.compile(r"https?://[^\s<>\"\\]+")
_CODE_POINTS_OF_NO_ID = re.compile(r"[^A-Za-z0-9_-]+")


def what_to_call(name: str) -> str:
    """A person's name as a letter says it: one line, not too long; nothing when it looks like an advertisement."""
    shown = line(name, text.LONGEST_NAME)
    if _LIKE_A_LINK.search(_as_seen(shown)):
        return ""
    return shown if len(shown) <= LONGEST_SHOWN_NAME else f"{shown[: LONGEST_SHOWN_NAME - 1].rstrip()}…"


def _as_seen(shown: str) -> str:
    """The same for a reader's eyes: without what is invisible, which may stand in the middle of a link."""
    seen = "".join(each for each in _UNSEEN.sub("", shown) if unicodedata.category(each) != "Cf")
    return _LIKE_A_DOT.sub(".", unicodedata.normalize("NFKC", seen))


def line(value: str, longest: int = LONGEST_LINE) -> str:
    """Any text on one line, without control characters and what turns the direction of text around."""
    return " ".join((text.for_record(value, longest) or "").split())


def link(value: str) -> str:
    """A link, as it is. Raises ValueError for what a browser should not be sent to, or what is more than a link."""
    if not _LINK.fullmatch(value):
        raise ValueError("a link in a letter begins with http:// or https:// and has no spaces")
    return value


def recipient(value: str) -> Address:
    """Where a letter goes, with the domain in its ASCII form, so that any server takes it. Raises Invalid."""
    shown, key = text.email(value, field="to")
    return Address(username=shown.rpartition("@")[0], domain=key.rpartition("@")[2])


def sender(value: str) -> Address:
    """Who a letter is from: `Name <address>` or an address. Raises ValueError for anything else."""
    header = SMTPUTF8.header_factory("from", line(value))
    if len(header.addresses) != 1 or header.defects or not header.addresses[0].domain:
        raise ValueError("a sender looks like this: Name <name@domain>")
    (found,) = header.addresses
    return Address(found.display_name, found.username, found.domain.encode("idna").decode())


def left_part(letter_id: str) -> str:
    """The letter's id as the left part of a Message-ID."""
    return _CODE_POINTS_OF_NO_ID.sub("-", letter_id)[:64]
