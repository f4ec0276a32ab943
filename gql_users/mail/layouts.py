"""The two layouts of letters, HTML and plain text, with an installation's files before ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_OURS = Path(__file__).with_name("templates")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class Layouts:
    """Puts what a letter says into its form; in HTML everything is escaped.

    Raises ValueError, in one line, for a colour that is not written #rrggbb, and for a layout that cannot be read.
    """

    def __init__(self, colour: str, templates_dir: Path | None = None) -> None:
        if not _COLOUR.fullmatch(colour):
            raise ValueError("a colour is written #rrggbb")
        self._look = {"colour": colour, "on_colour": readable_on(colour)}
        self._html = _layout("letter.html", templates_dir)
        self._plain = _layout("letter.txt", templates_dir)

    def html(self, said: Mapping[str, Any]) -> str:
        """The letter in HTML. Raises UndefinedError when the layout wants what is not said."""
        return self._html.render(said, **self._look)

    def plain(self, said: Mapping[str, Any]) -> str:
        """The letter as plain text. Raises UndefinedError as well."""
        return re.sub(r"\n{3,}", "\n\n", self._plain.render(said, **self._look)).strip() + "\n"


def _layout(name: str, templates_dir: Path | None) -> Template:
    return _read_layout(name, [templates_dir, _OURS]) if templates_dir else _our_layout(name)


@cache
def _our_layout(name: str) -> Template:
    return _read_layout(name, [_OURS])


def _read_layout(name: str, folders: Sequence[Path]) -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    try:
        return environment.get_template(name)
    except (TemplateError, OSError, UnicodeError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from error


def readable_on(colour: str) -> str:
    """White or black, whichever has more contrast with the colour (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
