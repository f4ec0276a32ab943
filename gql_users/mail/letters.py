"""Letters: one kind, one person, one language; made of texts and one layout each for HTML and plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from gql_users.clock import Clock, SystemClock
from gql_users.mail import cleaning
from gql_users.mail.kinds import LetterKind
from gql_users.mail.layouts import Layouts
from gql_users.mail.texts import Sections, Texts, filled

COLOUR = "#2456c7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a letter is about: everything that differs between two letters of an installation.

    `to` is the address, `name` what to call the person (it may hold anything a name may hold). `locale` is a BCP 47 tag
    or the value of an Accept-Language header. `letter_id` becomes the left part of the Message-ID, so that a letter
    sent again is recognised.
    """

    kind: LetterKind
    to: str
    name: str
    locale: str | None
    letter_id: str
    link: str | None = None
    code: str | None = None
    valid_minutes: int | None = None


class Letters:
    """Makes letters in the name, colour and words of an installation.

    Files in `templates_dir` replace ours of the same name: `letter.html`, `letter.txt`, and texts such as `de.toml`.
    Raises ValueError, in one line, for settings or files that no letter can be made with.
    """

    def __init__(
        self,
        *,
        product_name: str,
        sender: str,
        colour: str = COLOUR,
        templates_dir: Path | None = None,
        default_locale: str = "en",
        clock: Clock | None = None,
    ) -> None:
        self._product = cleaning.line(product_name)
        self._sender = cleaning.sender(sender)
        self._texts = Texts(templates_dir, default_locale)
        self._layouts = Layouts(colour, templates_dir)
        self._clock = clock or SystemClock()
        if templates_dir:
            self._try_out()

    @property
    def languages(self) -> Sequence[str]:
        """The languages there are texts in."""
        return self._texts.languages

    def compose(self, letter: Letter) -> EmailMessage:
        """The letter as it is sent: plain text and HTML.

        Raises Invalid for an address that is none, and ValueError for a link that is none.
        """
        to = cleaning.recipient(letter.to)
        said = self._said(letter)
        message = EmailMessage(SMTP if to.addr_spec.isascii() else SMTPUTF8)
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = cleaning.line(said["subject"])
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{cleaning.left_part(letter.letter_id)}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        # Quoted-printable passes through every server, and no server breaks a long link in two.
        message.set_content(self._layouts.plain(said), cte="quoted-printable")
        message.add_alternative(self._layouts.html(said), subtype="html", cte="quoted-printable")
        return message

    def _said(self, letter: Letter) -> Mapping[str, Any]:
        """Everything a layout shows, in the person's language."""
        language = self._texts.best(letter.locale)
        sections = self._texts.of(language)
        shared, own = sections["letter"], sections[letter.kind.section]
        values = self._values(letter, sections)
        greeting = shared["greeting"] if values["name"] else shared["greeting_without_name"]
        paragraphs = (filled(paragraph, values) for paragraph in own["paragraphs"])
        return {
            "language": language.replace("_", "-"),
            "product": self._product,
            "subject": filled(own["subject"], values),
            "heading": filled(own["heading"], values),
            "greeting": filled(greeting, values),
            "paragraphs": [paragraph for paragraph in paragraphs if paragraph.strip()],
            "button": filled(own.get("button", shared["open"]), values),
            "link": cleaning.link(letter.link) if letter.link else None,
            "address_label": filled(shared["address"], values),
            "code": cleaning.line(letter.code) if letter.code else None,
            "code_label": filled(shared["code"], values),
            "valid": filled(shared["valid"], values) if letter.valid_minutes else None,
            "not_you": filled(own["not_you"], values),
            "footer": filled(shared["footer"], values),
        }

    def _values(self, letter: Letter, sections: Sections) -> Mapping[str, object]:
        """What the variables in texts stand for."""
        values: dict[str, object] = {"product": self._product, "name": cleaning.what_to_call(letter.name)}
        if letter.valid_minutes:
            minutes = letter.valid_minutes
            values |= {"minutes": minutes, "valid": _in_words(minutes, sections["durations"])}
        return values

    def _try_out(self) -> None:
        """Make every letter once, so that a mistake in somebody's files is heard of when the service starts."""
        for language in self.languages:
            for kind in LetterKind:
                try:
                    self.compose(_sample(kind, language))
                except Exception as error:  # whatever their templates do
                    raise ValueError(f"no letter {kind} can be made in {language}: {error}") from error


def _in_words(minutes: int, durations: Mapping[str, str]) -> str:
    count, unit = minutes, "minute"
    if minutes % 60 == 0:
        count, unit = minutes // 60, "hour"
    return filled(durations[unit if count == 1 else f"{unit}s"], {"count": count})


def _sample(kind: LetterKind, language: str) -> Letter:
    """A letter with all that a real one of its kind has, and nothing else."""
    plain = Letter(kind=kind, to="somebody@example.com", name="Somebody", locale=language, letter_id="sample")
    return replace(plain, link="https://example.com/", code="123456", valid_minutes=60) if kind.has_link else plain
