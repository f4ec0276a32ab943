"""Facts about keys that hold for all text there is: a key is its own key, and a prefix is a range."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gql_users import text
from gql_users.errors import BadUserInput

# Letters that lie side by side, marks that combine, and the ends of what Unicode has.
ALPHABET = "ab\u00df\u0130\u0390\u03a3\u1fb7\u0301\u0345\ufb01\uff21\ud7ff\ue000\ufffd\U00010000\U0010fffe\U0010ffff"


def characters() -> Iterator[str]:
    """Every character that may be stored."""
    for number in range(sys.maxunicode + 1):
        with suppress(BadUserInput):
            text.search_key(chr(number))
            yield chr(number)


def texts(count: int, longest: int) -> Iterator[str]:
    """Texts of awkward characters, the same at every run."""
    dice = random.Random(451)  # noqa: S311 - it hides nothing
    for _ in range(count):
        yield "".join(dice.choices(ALPHABET, k=dice.randint(0, longest)))


def test_the_key_of_a_key_is_itself_for_every_character() -> None:
    every = list(characters())

    assert len(every) > 1_100_000
    assert [each for each in every if text.search_key(text.search_key(each)) != text.search_key(each)] == []


def test_the_key_of_a_key_is_itself_for_awkward_texts() -> None:
    for each in texts(5_000, 6):
        key = text.search_key(each)
        assert text.search_key(key) == key


def test_a_name_is_found_by_how_it_is_shown() -> None:
    for each in texts(2_000, 8):
        if each.strip():
            shown, key = text.name(each)
            assert text.search_key(shown) == key


def test_exactly_what_begins_with_a_prefix_lies_between_it_and_what_follows_it() -> None:
    for prefix, other in zip(texts(20_000, 3), texts(20_000, 5), strict=True):
        behind = text.after_prefix(prefix)
        for value in (other, prefix + other):
            within = prefix <= value and (behind is None or value < behind)
            assert within == value.startswith(prefix), (prefix, value)


@pytest.mark.parametrize(
    ("prefix", "behind"),
    [
        ("a", "b"),
        ("az", "a{"),
        ("a\U0010ffff", "b"),
        ("a\U0010ffff\U0010ffff", "b"),
        ("\ud7ff", "\ue000"),
        ("\uffff", "\U00010000"),
        ("\U0010ffff", None),
        ("", None),
    ],
    ids=ascii,
)
def test_what_follows_a_prefix_is_text_that_can_be_stored(prefix: str, behind: str | None) -> None:
    assert text.after_prefix(prefix) == behind
    assert behind is None or behind.encode()
