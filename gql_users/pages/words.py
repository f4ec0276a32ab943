"""What pages say, in one language."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.mail.texts import Sections, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The texts of pages in one language, and what their variables stand for."""

    language: str
    texts: Sections
    product: str
    min_length: int

    def __call__(self, name: str, section: str | None = None) -> str:
        """A text by its name: one that pages share, or one in the section of a page."""
        text: str = self.texts[section][name] if section else self.texts[name]
        return filled(text, {"product": self.product, "min_length": self.min_length})
