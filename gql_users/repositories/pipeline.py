"""Statements that are sent ahead of another one, and answered with it: one round trip for all of them.

They are messages of PostgreSQL's extended query protocol without a Sync, which the last one brings (PostgreSQL 18
documentation, 54.2.4, "Pipelining"). When one is refused, the server executes none of those after it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

_number, _length = struct.Struct("!H").pack, struct.Struct("!i").pack
_NULL = _length(-1)
_AS_TEXTS = _AS_IT_COMES = _NO_VALUES = _number(0)


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + _length(len(content) + 4) + content


_EXECUTE = _message(b"E", b"\0" + _length(0))


@cache
def said(*words: str) -> bytes:
    """Statements without values, such as BEGIN."""
    return b"".join(_message(b"P", b"\0%b\0%b" % (each.encode(), _NO_VALUES)) + bound("", ()) for each in words)


def bound(name: str, values: Sequence[object]) -> bytes:
    """A prepared statement that gives no rows, and its values.

    Raises UnicodeEncodeError for a text that is none, and TypeError for what none of our statements takes.
    """
    given = (_NULL if value is None else _text(value) for value in values)
    content = (b"\0%b\0" % name.encode(), _AS_TEXTS, _number(len(values)), *given, _AS_IT_COMES)
    return _message(b"B", b"".join(content)) + _EXECUTE


def _text(value: object) -> bytes:
    match value:
        case str():
            text = value
        case datetime():
            text = value.isoformat()
        case int() | UUID():
            text = str(value)
        case _:
            raise TypeError(f"{type(value).__name__} cannot be sent ahead")
    encoded = text.encode()
    return _length(len(encoded)) + encoded
