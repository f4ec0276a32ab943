"""What a row of the permission matrix says: what must come for each of the five callers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, TypeAlias


class Caller(Enum):
    """Who asks. The subject of a row is always an ordinary member."""

    ANONYMOUS = 0
    SELF = 1
    OTHER = 2
    DEACTIVATED = 3
    """With a token from before."""
    ADMIN = 4


VALUE, EMPTY, NULL, DONE = "value", "empty", "null", "done"
"""Something came; its parent came, and it is empty; nothing came at the root, without a word; it was done."""

UNAUTHENTICATED, FORBIDDEN, NOT_FOUND = "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"
TOKEN_INVALID = "TOKEN_INVALID"

Outcome: TypeAlias = str | int
"""One of these words, the code of an error, or the status of an answer."""


class Cells(NamedTuple):
    """One row, in the order of the callers."""

    anonymous: Outcome
    self: Outcome
    other: Outcome
    deactivated: Outcome
    admin: Outcome

    def of(self, caller: Caller) -> Outcome:
        """What must come for this caller."""
        return self[caller.value]

    def but(self, changes: Mapping[Outcome, Outcome]) -> Cells:
        """The same, with other outcomes in place of these."""
        return Cells(*(changes.get(cell, cell) for cell in self))


def everybody(outcome: Outcome) -> Cells:
    """The same for each caller."""
    return Cells(outcome, outcome, outcome, outcome, outcome)


Rows: TypeAlias = dict[str, Cells]
