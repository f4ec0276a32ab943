"""Common passwords: those that are tried first, so that nobody gets in by trying a few."""

from __future__ import annotations

import unicodedata
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

_ROWS = tuple(row[::step] for row in ("0123456789" * 4, "abcdefghijklmnopqrstuvwxyz" * 2) for step in (1, -1))

# A long repetition is not what people take who take the first thing that comes to mind.
_LONGEST_REPETITION = 20


class CommonPasswords:
    """The common passwords of at least `shortest` characters, however they are spelled.

    The frequency lists are words of one kind each, and a word stands only in the list where it ranks highest: common
    passwords that are also names or dictionary words are in the lists of those. So every word of every list counts.
    What the lists leave out, because their makers find it by rule, are rows and repetitions.
    """

    def __init__(self, shortest: int) -> None:
        self._words = _words(shortest)

    def __contains__(self, password: str) -> bool:
        folded = unicodedata.normalize("NFKC", password).casefold()
        return folded in self._words or any(folded in row for row in _ROWS) or _is_repetition(folded)


@cache
def _words(shortest: int) -> frozenset[str]:
    return frozenset(word for words in FREQUENCY_LISTS.values() for word in words if len(word) >= shortest)


def _is_repetition(word: str) -> bool:
    """Is it a shorter word, several times?"""
    return len(word) <= _LONGEST_REPETITION and word in (word + word)[1:-1]
