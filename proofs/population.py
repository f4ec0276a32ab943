"""People by the million, the same ones every time: with ties and gaps in all that they can be ordered by."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from gql_users import text

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
ONE_HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "c2FsdHNhbHRzYWx0c2FsdA$" + "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
SYLLABLES = ("ba", "de", "fi", "go", "ha", "jo", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu")
# Beyond ASCII, beyond what fits into sixteen bits, and what folding changes: sorts have fallen out over all three.
LETTERS = ("Á", "ß", "Ø", "Ж", "ש", "愛", "ﬁ", "😀", "~", "Z")

Person = dict[str, Any]


def people(count: int) -> Iterator[Person]:
    """Rows of users, numbered from 1.

    A third has no username, a quarter never signed in, twenty came at the same moment, three share a name.
    """
    chance = random.Random(count)  # noqa: S311 - the same people every time
    names = [text.name(_name(chance)) for _ in range(max(count // 3, 1))]
    for number in range(1, count + 1):
        created_at = BEGINNING + timedelta(minutes=number // 20)
        yield person(chance, number, created_at, chance.choice(names)) | {"id": number}


def another(chance: random.Random, number: int, population: int) -> Person:
    """Somebody who comes later, and stands anywhere in any ordering of those who are there."""
    created_at = BEGINNING + timedelta(minutes=chance.randrange(population) // 20)
    return person(chance, number, created_at, text.name(_name(chance)))


def person(chance: random.Random, number: int, created_at: datetime, name: tuple[str, str]) -> Person:
    """A row without its id. `number` makes the address and the username unlike all others."""
    address = f"{_word(chance)}{number}@example.com"
    username = f"{_word(chance)}.{number}" if number % 3 else None
    return {
        "email": address.capitalize(),
        "email_key": address,
        "email_verified_at": created_at if number % 2 else None,
        "username": username,
        "username_key": username,
        "name": name[0],
        "name_key": name[1],
        "first_name": name[0].partition(" ")[0],
        "last_name": None,
        "age": number % 90 or None,
        "password_hash": ONE_HASH,
        "is_admin": False,
        "deactivated_at": created_at if number % 50 == 0 else None,
        "last_login_at": created_at + timedelta(hours=chance.randrange(2_000)) if number % 4 else None,
        "version": 1,
        "created_at": created_at,
        "updated_at": created_at + timedelta(days=chance.randrange(30)),
    }


def _name(chance: random.Random) -> str:
    return f"{_word(chance).capitalize()} {chance.choice(LETTERS)}{_word(chance)}"


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=4))
