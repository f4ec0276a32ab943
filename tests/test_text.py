"""Facts about how text is cleaned and compared: what has the same key is the same address, username or name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gql_users import text
from gql_users.errors import BadUserInput, Invalid

UNSTORABLE = [
    *("\x00", "\x07", "\n", "\r\n", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029"),
    *("\ud800", "\udfff", "\ufdd0", "\ufffe", "\uffff"),
    *("\u202a", "\u202e", "\u2066", "\u2069"),  # they turn the direction of text around
]

SAME_ADDRESS = {
    "case": ("Ann@Example.com", "ann@example.com"),
    "space around": ("  ann@example.com\u3000", "ann@example.com"),
    "full width": ("\uff41nn@example.com", "ann@example.com"),
    "ligature": ("of\ufb01ce@example.com", "office@example.com"),
    "trailing dot": ("ann@example.com.", "ann@example.com"),
    "domain by its code": ("ann@xn--bcher-kva.example", "ann@bücher.example"),
    "domain in capitals": ("ann@BÜCHER.example", "ann@bücher.example"),
    "decomposed": ("re\u0301ne@example.com", "r\u00e9ne@example.com"),
    "sharp s": ("stra\u00dfe@example.com", "STRASSE@example.com"),
    "final sigma": ("\u03a3\u03bf\u03c6\u03cc\u03c2@example.com", "\u03c3\u03bf\u03c6\u03cc\u03c3@example.com"),
}
OTHER_ADDRESS = [
    ("ann@example.com", "an.n@example.com"),
    ("ann@example.com", "ann+1@example.com"),
    ("ann@example.com", "ann@example.org"),
    ("ann@example.com", "аnn@example.com"),  # the first letter is Cyrillic
    ("rene@example.com", "réne@example.com"),
    ("i@example.com", "ı@example.com"),  # without its dot
]
NO_ADDRESS = [
    *(
        "",
        " ",
        "ann",
        "@example.com",
        "ann@",
        "ann@@example.com",
        "ann@example",
        "a nn@example.com",
        "ann@exa mple.com",
    ),
    *(
        "ann@example..com",
        "ann@-example.com",
        "ann@[127.0.0.1]",
        "ann@localhost",
        "<ann@example.com>",
        "a,b@example.com",
    ),
    *("ann@example.com\nBcc: eve@example.com", "ann\x00@example.com", "\ud800@example.com", "Ann <ann@example.com>"),
    *(
        "ann@" + "x" * 64 + ".com",
        "ann@" + "x." * 200 + "com",
        "x" * 300 + "@example.com",
        "x" * 10_000 + "@example.com",
    ),
]

USERNAMES = {
    "Ann": "ann",
    " ann ": "ann",
    "ＡＮＮ": "ann",
    "ann.lee-2_x": "ann.lee-2_x",
    "Ünü": "ünü",
    "李小龙": "李小龙",
    "007": "007",
}
NO_USERNAMES = [
    "",
    "an",
    "x" * 65,
    "-ann",
    "ann.",
    "_ann",
    "a b",
    "a@b",
    "ann\u200b",
    "a/b",
    "<b>",
    "ann\n",
    "\ud800nn",
    "...",
]

NAMES = {
    " Ann  Lee ": ("Ann  Lee", "ann  lee"),
    "ANN": ("ANN", "ann"),
    "Rene\u0301": ("Ren\u00e9", "ren\u00e9"),
    "Stra\u00dfe": ("Stra\u00dfe", "strasse"),
    "\u0130pek": ("\u0130pek", "i\u0307pek"),
    "O'Neil-\u5f20 Jr. \U0001f600": ("O'Neil-\u5f20 Jr. \U0001f600", "o'neil-\u5f20 jr. \U0001f600"),
}


def refused(rule: Callable[[str], object], value: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        rule(value)
    return refusal.value


def first_name(value: str) -> str:
    return text.name_part(value, "first_name")


@pytest.mark.parametrize(("one", "other"), SAME_ADDRESS.values(), ids=SAME_ADDRESS)
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert text.email(one)[1] == text.email(other)[1] == text.email_key(one)


@pytest.mark.parametrize("one", [one for one, _ in SAME_ADDRESS.values()], ids=SAME_ADDRESS)
def test_the_form_that_is_shown_and_the_key_have_the_same_key(one: str) -> None:
    shown, key = text.email(one)

    assert text.email_key(shown) == text.email_key(key) == key


@pytest.mark.parametrize(("one", "other"), OTHER_ADDRESS)
def test_other_addresses_have_other_keys(one: str, other: str) -> None:
    assert text.email(one)[1] != text.email(other)[1]


def test_what_is_no_address_is_refused_and_nobody_has_it() -> None:
    for value in NO_ADDRESS:
        assert refused(text.email, value).field == ("email",)
        assert text.email_key(value) is None


def test_an_address_is_shown_as_it_was_written() -> None:
    assert text.email(" Ann.Lee@Example.COM ")[0] == "Ann.Lee@example.com"
    assert text.email("ann@b\u00fccher.example")[0] == "ann@b\u00fccher.example"


@pytest.mark.parametrize(("value", "key"), USERNAMES.items())
def test_usernames_are_compared_without_case_and_width(value: str, key: str) -> None:
    assert text.username(value)[1] == key == text.username_key(value)


def test_what_is_no_username_is_refused_and_nobody_has_it() -> None:
    for value in NO_USERNAMES:
        assert refused(text.username, value).field == ("username",)
        assert text.username_key(value) is None


@pytest.mark.parametrize(("value", "kept"), NAMES.items())
def test_names_keep_their_form_and_have_a_key_to_sort_by(value: str, kept: tuple[str, str]) -> None:
    assert text.name(value) == kept
    assert first_name(value) == kept[0]


@pytest.mark.parametrize("rule", [text.email, text.username, text.name, first_name])
def test_what_breaks_drivers_headers_and_logs_is_refused_anywhere(rule: Callable[[str], object]) -> None:
    for bad in UNSTORABLE:
        for value in (f"{bad}ann@example.com", f"ann{bad}lee", f"ann@example.com{bad}"):
            assert refused(rule, value).message == "Control characters and broken characters are not allowed."


def test_names_have_an_end_and_a_beginning() -> None:
    assert text.name("x" * 200)[0] == "x" * 200
    assert first_name("x" * 100) == "x" * 100
    for value in ("", " ", "\u00a0", "x" * 201):
        refused(text.name, value)
    refused(first_name, "x" * 101)


def test_a_name_that_grows_too_long_for_its_key_is_refused() -> None:
    # One character that is eighteen when it is written out.
    refused(text.name, "\ufdfa" * 12)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    for rule in (text.email, text.username):
        assert "canary" not in str(refused(rule, "canary canary"))


def test_what_is_looked_for_has_the_form_of_keys() -> None:
    assert text.search_key("\uff21nn STRA\u00dfE") == "ann strasse"
    for value in ("\x00", "a\nb", "\ud800", "x" * 201):
        with pytest.raises(BadUserInput):
            text.search_key(value)


def test_text_about_a_request_is_cleaned_and_cut_and_never_refused() -> None:
    assert text.for_record("Mozilla\r\n\x1b[31m\ud800", 100) == "Mozilla   [31m "
    assert text.for_record("x" * 500, 400) == "x" * 400
    assert text.for_record(None, 400) is None
