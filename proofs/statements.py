"""The statements that the service sends to its database, overheard on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from tests.databases import fetches


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its values, as the driver gets them."""

    sql: str
    values: Sequence[Any]


@contextmanager
def overheard() -> Iterator[list[Statement]]:
    """What every engine of this process sends while the block runs, but for what any asks about tokens."""
    heard: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        if "sessions" not in sql and "signing_keys" not in sql:
            heard.append(Statement(sql, tuple(values)))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        with fetches(lambda sql, values: hear(None, None, sql, values, None, False)):
            yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
