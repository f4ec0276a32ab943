"""Cursors and pages: keyset pagination, by the Relay cursor connections specification.

A page is described by the positions it lies between, not by a number of rows to skip, so the last page of a million
costs what the first one costs, and rows that come or go elsewhere shift nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Generic, TypeVar

import orjson

from gql_users.errors import BadUserInput

PAGE_SIZE = 20
LARGEST_PAGE = 100

Value = int | str | datetime | None
Position = tuple[Value, ...]
"""Where a row stands in an ordering: the values it is sorted by, the id last."""

T = TypeVar("T")

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Slice:
    """A wanted part of a list: `size` rows after and before the given positions, from the end when `backward`.

    Whether anything lies behind those positions costs something to know: `tells_next` and `tells_previous` say whether
    somebody wants to.
    """

    size: int
    backward: bool = False
    after: Position | None = None
    before: Position | None = None
    tells_next: bool = True
    tells_previous: bool = True


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, in the list's order. Whether there is more on either side is a fact, where it was asked for.

    `cursor` makes the cursor of an item, which costs something, and not everybody asks for it.
    """

    items: Sequence[T]
    cursor: Callable[[T], str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A part of a list, as Relay's arguments ask for it, and whether to tell if there is more on either side."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    tells_next: bool = True
    tells_previous: bool = True

    def slice(self, cursors: Cursors, scope: str) -> Slice:
        """What is asked for, checked. Raises BadUserInput for sizes and combinations that make no sense."""
        if self.first is not None and self.last is not None:
            raise BadUserInput("Ask for first or for last, not for both.")
        if self.before is not None and self.first is None and self.last is None:
            raise BadUserInput("before needs last: how many entries before the cursor?")
        size = self.first if self.first is not None else self.last if self.last is not None else PAGE_SIZE
        if not 0 <= size <= LARGEST_PAGE:
            raise BadUserInput(f"A page has 0 to {LARGEST_PAGE} entries.")
        return Slice(
            size=size,
            backward=self.last is not None,
            after=cursors.open(self.after, scope) if self.after is not None else None,
            before=cursors.open(self.before, scope) if self.before is not None else None,
            tells_next=self.tells_next,
            tells_previous=self.tells_previous,
        )


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes cursors that only this installation can make, each good for one ordering and one shape of filter.

    `key` is 32 secret bytes. `scope` names the list a cursor belongs to.
    """

    key: bytes

    def sealer(self, scope: str) -> Callable[[Position], str]:
        """Makes positions in one list opaque texts."""
        begun = _begun(self.key, scope)

        def seal(position: Position) -> str:
            content = orjson.dumps(position)
            mark = begun.copy()
            mark.update(content)
            written = binascii.b2a_base64(mark.digest() + content, newline=False)
            return written.translate(_URL_SAFE).rstrip(b"=").decode()

        return seal

    def open(self, cursor: str, scope: str) -> Position:
        """The position that a sealer was given. Raises BadUserInput for every cursor it did not make for this scope."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadUserInput("This is not a cursor.") from error
        mark, content = raw[:16], raw[16:]
        expected = _begun(self.key, scope).copy()
        expected.update(content)
        if not hmac.compare_digest(mark, expected.digest()):
            raise BadUserInput("This cursor is not from this list; use it with the same order and filter.")
        return tuple(orjson.loads(content))


@lru_cache(256)
def _begun(key: bytes, scope: str) -> blake2b:
    """A mark of nothing yet, which is copied for each cursor of a list."""
    return blake2b(scope.encode() + b"\0", key=key, digest_size=16)
