"""Facts about letters: what they say, in which language, and what nobody can make them say."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gql_users.errors import Invalid
from gql_users.mail import texts as texts_module
from gql_users.mail.kinds import LetterKind
from gql_users.mail.letters import Letter, Letters
from gql_users.mail.texts import Texts, filled
from gql_users.services.one_time import Purpose

LANGUAGES = ("de", "en", "es", "fr")
LINK = "https://users.example.com/account/verify-email?token=abc.def&next=1"
LETTER = Letter(
    kind=LetterKind.VERIFY_EMAIL,
    to="ada@example.com",
    name="Ada",
    locale="en",
    letter_id="0190",
    link=LINK,
    code="402917",
    valid_minutes=60,
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class Page(HTMLParser):
    """What a mail program finds in an HTML letter: tags, links, and the words to read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data: str) -> None:
        # What stands in styles is not read.
        self.words += "" if self.tags[-1:] == ["style"] and "{" in data else data

    @property
    def links(self) -> list[str | None]:
        return [value for name, value in self.attributes if name == "href"]


def letters(templates_dir: Path | None = None, **options: Any) -> Letters:
    options = {"product_name": "Lending Library", "sender": "Library <no-reply@library.example>", **options}
    return Letters(templates_dir=templates_dir, clock=Noon(), **options)


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def arrived(message: EmailMessage) -> EmailMessage:
    """The letter as somebody's mail program reads it."""
    return message_from_bytes(message.as_bytes(), policy=SMTP)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_can_be_written_in_every_language(kind: LetterKind, language: str) -> None:
    letter = replace(LETTER, kind=kind, locale=language)

    message = arrived(letters().compose(letter))

    page = Page(html(message))
    for words in (message["Subject"], plain(message), page.words):
        assert words.strip()
        assert not re.search(r"[{}]|Undefined|None", words)
    for words in (plain(message), page.words):
        assert "Ada" in words
        assert LINK in words
        assert re.search(r"\b402917\b", words)
    assert page.links == [LINK, LINK]
    assert ("lang", language) in page.attributes


@pytest.mark.parametrize("kind", LetterKind)
def test_every_language_has_words_of_its_own_for_every_letter(kind: LetterKind) -> None:
    written = [letters().compose(replace(LETTER, kind=kind, locale=language)) for language in LANGUAGES]

    assert len({message["Subject"] for message in written}) == len(LANGUAGES)
    assert len({plain(message) for message in written}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_text(language: str) -> None:
    file = Path(texts_module.__file__).with_name("texts") / f"{language}.toml"

    written = tomllib.loads(file.read_text("utf-8"))

    assert names(written) == names(Texts().of("en"))


def names(found: Any) -> Any:
    return {name: names(value) for name, value in found.items()} if isinstance(found, dict) else type(found).__name__


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_pages_can_be_filled_in(language: str) -> None:
    pages = Texts().of(language)["pages"]

    said = [filled(text, {"product": "Lending Library", "min_length": 15}) for text in leaves(pages)]

    assert all(text.strip() and "{" not in text for text in said)
    assert any("15" in text for text in said)


def leaves(found: Any) -> list[str]:
    return [text for value in found.values() for text in leaves(value)] if isinstance(found, dict) else [found]


def test_a_letter_has_these_headers_and_no_other() -> None:
    message = arrived(letters().compose(LETTER))

    assert set(message.keys()) == HEADERS
    assert message["From"] == "Library <no-reply@library.example>"
    assert message["To"] == "ada@example.com"
    assert message["Message-ID"] == "<0190@library.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == Noon().now()
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    # Passes through every server, and no line of it is ever too long.
    assert {part["Content-Transfer-Encoding"] for part in message.iter_parts()} == {"quoted-printable"}
    assert max(map(len, message.as_bytes().splitlines())) <= 78


def test_a_letter_loads_nothing_from_anywhere() -> None:
    page = Page(html(letters().compose(LETTER)))

    assert {"img", "script", "link", "iframe", "form"}.isdisjoint(page.tags)
    assert {"src", "background", "action"}.isdisjoint(name for name, _ in page.attributes)
    assert "url(" not in html(letters().compose(LETTER))


def test_a_notice_has_neither_button_nor_code() -> None:
    notice = replace(LETTER, kind=LetterKind.PASSWORD_CHANGED, link=None, code=None, valid_minutes=None)

    message = letters().compose(notice)

    assert Page(html(message)).links == []
    assert not re.search(r"https?:|\d{6}", plain(message))
    assert "If this was not you" in plain(message)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "one minute"),
        (15, "15 minutes"),
        (60, "one hour"),
        (90, "90 minutes"),
        (1440, "24 hours"),
        (2880, "48 hours"),
    ],
)
def test_how_long_a_link_is_good_is_said_in_words(minutes: int, words: str) -> None:
    message = letters().compose(replace(LETTER, valid_minutes=minutes))

    assert f"Valid for {words}, and only once." in plain(message)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("de_CH.UTF-8", "en"),
        ("de_CH", "de"),
        ("zh-Hant-TW", "en"),
        ("nl, fr-CA;q=0.8, es;q=0.9", "es"),
        ("fr;q=0.5, de", "de"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("nl, *;q=0.5, fr;q=0.1", "en"),
        ("de;q=nonsense, es", "es"),
        ("../../etc/passwd", "en"),
        ("," * 10_000, "en"),
        ("de-" * 5_000, "de"),
    ],
)
def test_the_best_language_is_chosen_by_tag_and_by_header(wanted: str | None, language: str) -> None:
    message = letters().compose(replace(LETTER, locale=wanted))

    assert f'<html lang="{language}">' in html(message)


def test_the_default_language_is_a_setting() -> None:
    french = letters(default_locale="fr-CA")

    assert '<html lang="fr">' in html(french.compose(replace(LETTER, locale="nl")))
    assert french.languages == LANGUAGES
    with pytest.raises(ValueError, match="default language"):
        letters(default_locale="tlh")


HOSTILE = {
    "a header": "Ada\r\nBcc: eve@evil.example",
    "a header, by other line ends": "Ada\x0bBcc: eve\x85Bcc: eve\u2028Bcc: eve",
    "markup": '<script>alert(1)</script><a href="//x">y</a>',
    "a template": "{{ 7 * 7 }}{% for x in y %}",
    "a turned direction": "\u202eadA\u202c \u2066x\u2069",
    "marks": "\u200f\u200eAda\u061c",
    "pictures": "👩🏽‍🚀🏳️‍🌈" * 20,
    "length": "ab " * 67,
    "half a character": "Ada\ud800",
    "nul": "Ada\x00\x1b[2J",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_whatever_somebody_is_called_it_stays_words(name: str) -> None:
    expected = Page(html(letters().compose(LETTER)))

    message = arrived(letters().compose(replace(LETTER, name=name)))

    page = Page(html(message))
    assert set(message.keys()) == HEADERS
    assert page.tags == expected.tags
    assert page.links == expected.links
    assert "49" not in plain(message)
    for words in (plain(message), page.words):
        assert not {character for character in words if unicodedata.bidirectional(character) in TURNING}
        assert not {character for character in words if unicodedata.category(character) == "Cc"} - {"\n", "\r"}
    assert max(map(len, plain(message).splitlines())) <= 100


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    "name",
    [
        "Win at https://evil.example/x now",
        "Win at evil.example",
        "www evil",
        "eve@evil.example",
        "Win at evil\uff0eexample",
        "Win at 203.0.113.9",
        "Win at evil\u200b.com",
        "Win at evil.\u2060com",
        "Win at evil\u00ad.co\u00adm",
        "Win at evil\u034f.com",
        "Win at evil\u0589com",
        "Win at evil\u180b.\ufe0fcom",
        "w\u200bww evil",
    ],
)
def test_nobody_advertises_a_link_by_a_name(name: str) -> None:
    message = letters().compose(replace(LETTER, name=name))

    assert plain(message).splitlines()[2] == "Hello,"
    assert "evil" not in html(message)


@pytest.mark.parametrize("name", ["J. R. R. Tolkien", "J.R.R. Tolkien", "Anne-Marie O’Neil", "Дарья", "محمد", "李小龍"])
def test_people_are_called_by_their_names(name: str) -> None:
    message = arrived(letters().compose(replace(LETTER, name=name)))

    assert plain(message).splitlines()[2] == f"Hello {name},"
    assert f"Hello {name}," in Page(html(message)).words


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com\r\nBcc: eve@evil.example",
        "ada@example.com, eve@evil.example",
        "Ada <ada@example.com>",
        "ada",
        "",
    ],
)
def test_what_is_not_one_address_gets_no_letter(address: str) -> None:
    with pytest.raises(Invalid):
        letters().compose(replace(LETTER, to=address))


def test_a_domain_is_written_in_ascii_and_a_mailbox_as_it_is() -> None:
    message = letters().compose(replace(LETTER, to="дарья@почта.рф"))

    assert message["To"].addresses[0].addr_spec == "дарья@xn--80a1acny.xn--p1ai"
    assert (
        b"\r\nTo: ada@xn--bcher-kva.example\r\n"
        in letters().compose(replace(LETTER, to="ada@bücher.example")).as_bytes()
    )


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//evil.example", "https://a b", 'https://a/"><b>', "https://a\n"]
)
def test_what_is_no_link_is_not_made_one(link: str) -> None:
    with pytest.raises(ValueError, match="link"):
        letters().compose(replace(LETTER, link=link))


def test_an_id_cannot_break_out_either() -> None:
    letter = replace(LETTER, letter_id="1>\r\nBcc: eve@evil.example")

    message = arrived(letters().compose(letter))

    assert set(message.keys()) == HEADERS
    assert message["Message-ID"] == "<1-Bcc-eve-evil-example@library.example>"


def test_product_colour_and_sender_are_settings() -> None:
    dark, light = letters(product_name="Bücherei & Söhne", colour="#102030"), letters(colour="#ffee00")

    message = arrived(dark.compose(LETTER))

    assert message["Subject"] == "Confirm your e-mail address for Bücherei & Söhne"
    assert "Bücherei &amp; Söhne" in html(message)
    assert "background-color:#102030" in html(message)
    assert "color:#ffffff;text-decoration:none" in html(message)
    assert "color:#000000;text-decoration:none" in html(light.compose(LETTER))


@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"colour": "#fff;background:url(//x)"},
        {"sender": "nobody"},
        {"sender": ""},
        {"sender": "a@b.example, c@d.example"},
        {"templates_dir": Path("not/there")},
    ],
    ids=str,
)
def test_settings_that_make_no_letter_are_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"colour|sender|folder"):
        letters(**options)


def test_an_installation_replaces_single_texts(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[verify_email]\nsubject = "Hi {{ name }} from {{ product }}"\n')

    message = letters(tmp_path).compose(LETTER)

    assert message["Subject"] == "Hi Ada from Lending Library"
    assert "Confirm this address" in plain(message)


def test_an_installation_adds_a_language(tmp_path: Path) -> None:
    (tmp_path / "pt-BR.toml").write_text('[letter]\ngreeting = "Olá, {{ name }}!"\n')
    (tmp_path / "settings.toml").write_text("port = 1\n")
    own = letters(tmp_path, default_locale="de")

    message = own.compose(replace(LETTER, locale="pt"))

    assert own.languages == ("de", "en", "es", "fr", "pt-BR")
    assert "Olá, Ada!" in plain(message)
    assert "Adresse bestätigen" in plain(message)
    assert '<html lang="pt-BR">' in html(message)


def test_an_installation_replaces_a_layout(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text("<p>{{ heading }} <a href='{{ link }}'>{{ button }}</a> {{ greeting }}</p>")

    message = letters(tmp_path).compose(replace(LETTER, name="<b>"))

    assert html(message).startswith("<p>Confirm your e-mail address <a href='https://users")
    assert "Hello &lt;b&gt;," in html(message)
    assert "402917" in plain(message)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("en.toml", "subject = "),
        ("en.toml", "[verify_email]\nsubject = 7"),
        ("en.toml", '[verify_email]\nparagraphs = "one"'),
        ("en.toml", "[verify_email]\nparagraphs = [1]"),
        ("en.toml", 'verify_email = "x"'),
        ("de.toml", '[verify_email]\nsubject = "{{ name"'),
        ("de.toml", '[verify_email]\nsubject = "{{ nmae }}"'),
        ("de.toml", "[verify_email]\nsubject = \"{{ ''.__class__.__mro__ }}\""),
        ("letter.html", "{% if %}"),
        ("letter.html", "{{ nothing }}"),
        ("letter.txt", "{{ heading.__class__.__mro__ }}"),
    ],
)
def test_a_mistake_in_a_file_is_heard_of_at_once(tmp_path: Path, file: str, content: str) -> None:
    (tmp_path / file).write_text(content)

    with pytest.raises(ValueError, match=rf"{file}|no letter VERIFY_EMAIL"):
        letters(tmp_path)


@pytest.mark.parametrize("variable", ["minutes", "valid", "new_address"])
def test_a_text_with_what_letters_of_its_kind_do_not_have_is_heard_of_at_once(tmp_path: Path, variable: str) -> None:
    (tmp_path / "de.toml").write_text(f'[email_changed]\nsubject = "{{{{ {variable} }}}}"')

    with pytest.raises(ValueError, match="no letter EMAIL_CHANGED can be made in de"):
        letters(tmp_path)


def test_a_layout_that_wants_a_link_of_every_letter_is_heard_of_at_once(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("{{ link.upper() }} {{ code[:3] }}")

    with pytest.raises(ValueError, match="no letter ALREADY_REGISTERED can be made"):
        letters(tmp_path)


def test_the_kinds_of_letters_with_a_link_are_the_purposes_of_links() -> None:
    assert {kind.name for kind in LetterKind if kind.has_link} == set(Purpose.__members__)
