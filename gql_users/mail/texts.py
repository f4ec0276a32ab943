"""What letters and pages say, in every language: read from TOML, filled in by sandboxed Jinja."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gql_users.mail.languages import best_of

Sections = Mapping[str, Any]

_OURS = Path(__file__).with_name("texts")
_COMPLETE = "en"  # has every text; the others may lack some
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")

# No escaping: what is filled in is plain text, and whoever puts it into HTML escapes all of it, our own words as well.
_PLAIN = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class Texts:
    """The texts of every language: ours, below those that the installation put into its folder.

    A text that a language lacks is that of the default language, and at last the English one. Raises ValueError, in one
    line that names the file, for a file that cannot be read, and for texts that are none or are not where ours are.
    """

    def __init__(self, templates_dir: Path | None = None, default_locale: str = _COMPLETE) -> None:
        ours = _read_ours()
        theirs = _read_all(templates_dir) if templates_dir else {}
        for language, sections in theirs.items():
            _check(sections, ours[_COMPLETE], f"{language}.toml")
        found = {
            language: _merged(ours.get(language, {}), theirs.get(language, {})) for language in sorted(ours | theirs)
        }
        self.languages: Sequence[str] = tuple(found)
        self.default = best_of(self.languages, default_locale, "")
        if not self.default:
            raise ValueError(f"there are no texts for the default language; there are {', '.join(self.languages)}")
        base = _merged(found[_COMPLETE], found[self.default])
        self._sections = {language: _merged(base, sections) for language, sections in found.items()}

    def best(self, wanted: str | None) -> str:
        """The language for somebody's locale, or for the value of an Accept-Language header."""
        return best_of(self.languages, wanted, self.default)

    def of(self, language: str) -> Sections:
        """All sections in one of the languages: `letter`, `durations`, `pages`, and one for each kind of letter."""
        return self._sections[language]


def filled(text: str, values: Mapping[str, object]) -> str:
    """A text with its variables filled in: plain, so escape it in HTML. Raises UndefinedError for what has no value."""
    return _compiled(text).render(values)


@lru_cache(maxsize=2048)
def _compiled(text: str) -> Template:
    return _PLAIN.from_string(text)


@cache
def _read_ours() -> dict[str, Sections]:
    return _read_all(_OURS)


def _read_all(folder: Path) -> dict[str, Sections]:
    if not folder.is_dir():
        raise ValueError(f"{folder.name} is not a folder")
    return {file.stem: _read(file) for file in sorted(folder.glob("*.toml")) if _TAG.fullmatch(file.stem)}


def _read(file: Path) -> Sections:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file.name} cannot be read: {error}") from error


def _merged(below: Sections, above: Sections) -> Sections:
    both = {**below, **above}
    for name in below.keys() & above.keys():
        if isinstance(both[name], Mapping):
            both[name] = _merged(below[name], above[name])
    return both


def _check(found: Any, pattern: Any, where: str) -> None:
    if isinstance(pattern, Mapping) and isinstance(found, Mapping):
        for name, value in found.items():
            # What we have no text for, such as a button for a letter that needs none, is a text as well.
            _check(value, pattern.get(name, ""), f"{where}: {name}")
    elif isinstance(pattern, list) and isinstance(found, list):
        for value in found:
            _check(value, "", where)
    elif isinstance(pattern, str) and isinstance(found, str):
        _check_syntax(found, where)
    else:
        raise ValueError(  # noqa: TRY004 - a mistake in a file, not in a call
            f"{where} is of another form than ours: a text, a list of texts, or a table"
        )


def _check_syntax(found: str, where: str) -> None:
    try:
        _PLAIN.parse(found)
    except TemplateSyntaxError as error:
        raise ValueError(f"{where}: {error.message}") from error
