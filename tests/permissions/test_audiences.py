"""Facts about descriptions: the last words of each say for whom it is, as the matrix knows it."""

from __future__ import annotations

import re

from tests.permissions.cells import DONE, TOKEN_INVALID, VALUE, Cells
from tests.permissions.matrix import SCHEMA as ROWS
from tests.permissions.schema import SCHEMA, every_description

# Whom a row lets through of: anonymous, oneself, another member, somebody deactivated, an admin.
AUDIENCES: dict[tuple[bool, ...], str] = {
    (True, True, True, True, True): "For anyone.",
    (False, True, True, False, True): "For oneself.",
    (False, True, False, False, True): "For oneself and admins.",
    (False, False, False, False, True): "For admins.",
}
BY_LETTER = "For whoever has the letter."

# What is theirs, and not only a part of how it is told.
THINGS = {"User": "User.id", "Session": "Session.id", "Event": "Event.id", "ServiceInfo": "ServiceInfo.version"}


def test_every_question_and_deed_says_for_whom_it_is() -> None:
    roots = {kind.name for kind in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type) if kind}
    silent = {name for name in ROWS if name.partition(".")[0] in roots and not said(name)}

    assert silent | {name for name in THINGS if not said(name)} == set()


def test_what_is_said_of_an_audience_is_what_the_matrix_says() -> None:
    told = {name: said(name) for name in every_description() if said(name)}

    assert told == {name: audience(ROWS[THINGS.get(name, name)]) for name in told}


def said(name: str) -> str:
    """The sentence of a description that says for whom something is."""
    found = re.search(r"\bFor (?:anyone|oneself|admins|whoever)\b.*", every_description()[name] or "", re.DOTALL)
    return found[0] if found else ""


def audience(cells: Cells) -> str:
    """The same, by the matrix."""
    if set(cells) == {TOKEN_INVALID}:
        return BY_LETTER
    return AUDIENCES[tuple(cell in {VALUE, DONE} for cell in cells)]
