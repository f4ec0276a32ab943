"""How text is cleaned, compared and refused, once and in Python, because databases disagree about all three.

Every function takes what somebody sent and gives back what may be stored, or raises `Invalid` for the named field.
A *key* is the one normal form of a text: equal keys mean the same address, username or name.
"""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from gql_users.errors import BadUserInput, Invalid

LONGEST_EMAIL = 254  # RFC 5321: what fits into a mail command
LONGEST_USERNAME = 64
SHORTEST_USERNAME = 3
LONGEST_NAME = 200
LONGEST_NAME_PART = 100
LONGEST_SEARCH = 200
LONGEST_LOCALE = 35
LONGEST_USER_AGENT = 400
LONGEST_ADDRESS = 45  # an IPv6 address with an IPv4 one inside

# Control characters, halves of surrogate pairs, line and paragraph separators and what is no character at all break
# drivers, headers and logs; what turns the direction of text around lets one name pass for another.
_UNSTORABLE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufdd0-\\ufdef\\ufffe\\uffff]"
)
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_USERNAME = re.compile(r"[^\W_](?:[\w.\-]*[^\W_])?")


def email(value: str, field: str = "email") -> tuple[str, str]:
    """An e-mail address as it is shown, and its key.

    The key is NFKC, case-folded, with the domain in its ASCII form (IDNA), so that spellings of one address collide.
    """
    _refuse_unstorable(value, field)
    if len(value) > LONGEST_EMAIL * 2:
        raise Invalid(f"An e-mail address has at most {LONGEST_EMAIL} characters.", field=field)
    try:
        parsed = validate_email(_normal(value).rstrip("."), check_deliverability=False, strict=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise Invalid("This is not an e-mail address.", field=field) from error
    key = f"{_fold(parsed.local_part)}@{(parsed.ascii_domain or parsed.domain).lower()}"
    if len(parsed.normalized) > LONGEST_EMAIL or len(key) > LONGEST_EMAIL:
        raise Invalid(f"An e-mail address has at most {LONGEST_EMAIL} characters.", field=field)
    return parsed.normalized, key


def email_key(value: str) -> str | None:
    """The key of an address somebody looks for; None when it cannot be an address, so that nobody has it."""
    try:
        return email(value)[1]
    except Invalid:
        return None


def username(value: str, field: str = "username") -> tuple[str, str]:
    """A username as it is shown, and its key. It has no @, so that it never looks like an address."""
    _refuse_unstorable(value, field)
    shown = _normal(value)
    key = _fold(shown)
    if not SHORTEST_USERNAME <= len(shown) <= LONGEST_USERNAME or len(key) > LONGEST_USERNAME:
        raise Invalid(f"A username has {SHORTEST_USERNAME} to {LONGEST_USERNAME} characters.", field=field)
    if not _USERNAME.fullmatch(shown):
        raise Invalid(
            "A username has letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit.",
            field=field,
        )
    return shown, key


def username_key(value: str) -> str | None:
    """The key of a username somebody looks for; None when nobody can have it."""
    try:
        return username(value)[1]
    except Invalid:
        return None


def name(value: str, field: str = "name") -> tuple[str, str]:
    """A person's name as it is shown, and its key for sorting and searching."""
    shown = _line(value, field, LONGEST_NAME)
    key = _fold(shown)
    if len(key) > LONGEST_NAME:
        raise Invalid(f"At most {LONGEST_NAME} characters.", field=field)
    return shown, key


def shortened_name(value: str) -> tuple[str, str]:
    """A name made of texts that were accepted one by one, cut where together they are too long; and its key."""
    shown = value[:LONGEST_NAME].strip()
    while len(_fold(shown)) > LONGEST_NAME:
        shown = shown[:-1].strip()
    return shown, _fold(shown)


def name_part(value: str, field: str) -> str:
    """A first or last name."""
    return _line(value, field, LONGEST_NAME_PART)


def locale(value: str, field: str = "locale") -> str:
    """A language, as BCP 47 writes it: `en`, `pt-BR`."""
    if len(value) > LONGEST_LOCALE or not _LOCALE.fullmatch(value):
        raise Invalid("A language is written like en or pt-BR.", field=field)
    return value


def search_key(value: str) -> str:
    """What somebody looks for inside names, usernames and addresses, in the form of their keys.

    Raises BadUserInput for text that nothing stored can contain.
    """
    if _UNSTORABLE.search(value):
        raise BadUserInput("The text to look for has characters that no name, username or address can have.")
    if len(value) > LONGEST_SEARCH:
        raise BadUserInput(f"The text to look for has at most {LONGEST_SEARCH} characters.")
    return _fold(unicodedata.normalize("NFKC", value))


def any_key(value: str) -> str:
    """The folded form of a text that may be anything at all, for comparing it with itself."""
    return _fold(value[: LONGEST_EMAIL * 2])


def for_record(value: str | None, longest: int) -> str | None:
    """Text about a request (a user agent), kept for information: cleaned and cut, never refused."""
    if value is None:
        return None
    return _UNSTORABLE.sub(" ", value)[:longest]


def after_prefix(prefix: str) -> str | None:
    """The first text, in code point order, behind everything that begins with `prefix`; None when there is none."""
    for end in range(len(prefix), 0, -1):
        last = ord(prefix[end - 1])
        if last < 0x10FFFF:
            # Half surrogates are no characters: what follows U+D7FF is U+E000.
            return prefix[: end - 1] + chr(0xE000 if last == 0xD7FF else last + 1)
    return None


def _line(value: str, field: str, longest: int) -> str:
    _refuse_unstorable(value, field)
    shown = unicodedata.normalize("NFC", value).strip()
    if all(unicodedata.category(character) in {"Cf", "Zs"} for character in shown):
        raise Invalid("This must have something to see.", field=field)
    if len(shown) > longest:
        raise Invalid(f"At most {longest} characters.", field=field)
    return shown


def _refuse_unstorable(value: str, field: str) -> None:
    if _UNSTORABLE.search(value):
        raise Invalid("Control characters and broken characters are not allowed.", field=field)


def _normal(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


def _fold(value: str) -> str:
    # Folding can undo the normal form (U+0390 for one), so it is made again.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
