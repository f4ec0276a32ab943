"""How pages look: one template, in the name, colour and words of an installation, and no script at all."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from starlette.responses import HTMLResponse, Response

from gql_users.mail import cleaning
from gql_users.mail.layouts import readable_on
from gql_users.mail.texts import Texts
from gql_users.pages.contents import Content
from gql_users.pages.words import Words
from gql_users.settings import Settings

_OURS = Path(__file__).with_name("templates")
_NAME = "page.html"

# A nonce and no hash, because an installation's template has styles of its own.
_POLICY = "default-src 'none'; style-src 'nonce-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Looks:
    """Puts what a page says into its form; everything is escaped. Raises ValueError as `Texts` does."""

    def __init__(self, settings: Settings) -> None:
        self._texts = Texts(settings.templates_dir, settings.default_locale)
        self._template = _template(settings.templates_dir)
        self._product = cleaning.line(settings.product_name)
        self._min_length = settings.password_min_length
        self._colours = {"colour": settings.product_colour, "on_colour": readable_on(settings.product_colour)}

    @property
    def languages(self) -> list[str]:
        """The languages there are texts in."""
        return list(self._texts.languages)

    def words(self, wanted: str | None) -> Words:
        """What pages say to somebody with this Accept-Language header."""
        language = self._texts.best(wanted)
        texts = self._texts.of(language)["pages"]
        return Words(language=language, texts=texts, product=self._product, min_length=self._min_length)

    def answer(self, words: Words, content: Content) -> Response:
        """The page as it is sent."""
        nonce, language = secrets.token_urlsafe(16), words.language.replace("_", "-")
        page = self._template.render(
            page=content, product=self._product, language=language, nonce=nonce, **self._colours
        )
        headers = {
            **content.headers,
            "Content-Security-Policy": _POLICY.format(nonce),
            "Content-Language": language,
            "Vary": "Accept-Language",
            "X-Robots-Tag": "noindex",
        }
        return HTMLResponse(page, content.status, headers)


def _template(templates_dir: Path | None) -> Template:
    return _read_template([templates_dir, _OURS]) if templates_dir else _our_template()


@cache
def _our_template() -> Template:
    return _read_template([_OURS])


def _read_template(folders: Sequence[Path]) -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    try:
        return environment.get_template(_NAME)
    except (TemplateError, OSError, UnicodeError) as error:
        raise ValueError(f"{_NAME} cannot be read: {error}") from error
