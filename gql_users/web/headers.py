"""Headers: those of a request, which ASGI has as a list, by name; and those of an answer, as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from starlette.types import Scope

T = TypeVar("T")

LONGEST_REMEMBERED = 500

# RFC 9110, sections 5.1 and 5.5.
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by their lower-case names, the first of each; made once for a request."""
    found: dict[bytes, bytes] | None = scope.get("gql_users.headers")
    if found is None:
        found = scope["gql_users.headers"] = dict(scope["headers"][::-1])
    return found


def header(scope: Scope, name: bytes) -> str | None:
    """What a header says. The first one, should there be several."""
    value = headers_of(scope).get(name)
    return value.decode("latin-1") if value is not None else None


def listed(scope: Scope, name: bytes) -> bytes:
    """What all headers of this name say, as one list (RFC 9110, section 5.3); nothing where there is none."""
    named = headers_of(scope)
    if len(named) == len(scope["headers"]):
        return named.get(name, b"")
    return b", ".join(value for found, value in scope["headers"] if found == name)


def remembered(most: int) -> Callable[[Callable[[bytes], T]], Callable[[bytes], T]]:
    """Have a function of a header remember what clients send again and again: so many, and none that is long."""

    def decorate(function: Callable[[bytes], T]) -> Callable[[bytes], T]:
        known = lru_cache(most)(function)

        @wraps(function)
        def found(said: bytes) -> T:
            return known(said) if len(said) <= LONGEST_REMEMBERED else function(said)

        return found

    return decorate


@lru_cache(maxsize=1024)
def line(name: bytes, value: bytes) -> bytes:
    """A header as HTTP/1.1 writes it. Raises RuntimeError for what would not be one header."""
    if not _NAME.fullmatch(name) or _NO_VALUE.search(value):
        raise RuntimeError("This is no header.")
    return b"%b: %b\r\n" % (name.lower(), value)
