"""Which of the languages there are is the best for somebody: RFC 4647's lookup, over Accept-Language or one tag."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_WISH = 500

_WISH = re.compile(
    r"\s*([A-Za-z0-9*]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def best_of(languages: Sequence[str], wanted: str | None, default: str) -> str:
    """The language that serves the wish best; the default where none does. Never raises, whatever the wish is."""
    for tag in _by_preference((wanted or "")[:LONGEST_WISH]):
        found = default if tag == "*" else _look_up(languages, tag)
        if found:
            return found
    return default


def _by_preference(wanted: str) -> list[str]:
    wishes = [(found[1], float(found[2] or 1)) for found in map(_WISH.fullmatch, wanted.split(",")) if found]
    wishes.sort(key=lambda wish: -wish[1])
    return [tag.replace("_", "-").lower() for tag, weight in wishes if weight > 0]


def _look_up(languages: Sequence[str], tag: str) -> str | None:
    known = {language.lower(): language for language in languages}
    parts = tag.split("-")
    for end in range(len(parts), 0, -1):
        if found := known.get("-".join(parts[:end])):
            return found
    # Who reads Portuguese prefers that of Brazil to English.
    return next((language for lower, language in known.items() if lower.partition("-")[0] == parts[0]), None)
