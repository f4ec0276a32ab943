"""Facts about password hashes that other systems made."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from gql_users.security.passwords import Passwords
from gql_users.services import Services
from tests.door import Door
from tests.foreign_hashes import FOREIGN, PUBLISHED, TYPED

EACH = pytest.mark.parametrize(
    ("password", "foreign"), [(PUBLISHED.get(name, TYPED), foreign) for name, foreign in FOREIGN.items()], ids=FOREIGN
)


@pytest.fixture
def keep(services: Services) -> Callable[[int, str], Awaitable[None]]:
    """Puts a hash into somebody's account, as whoever brings their users along does."""

    async def put(user_id: int, password_hash: str) -> None:
        async with services.authentication.unit_of_work() as work:
            await work.users.change(user_id, now=datetime(2026, 1, 1, tzinfo=UTC), password_hash=password_hash)

    return put


@pytest.fixture
def kept(services: Services) -> Callable[[int], Awaitable[str | None]]:
    """Looks up what is kept of somebody's password, which no door shows."""

    async def look_up(user_id: int) -> str | None:
        async with services.authentication.unit_of_work.reading() as work:
            user = await work.users.find(user_id)
        assert user is not None
        return user.password_hash

    return look_up


@EACH
async def test_a_foreign_hash_is_of_its_password_and_of_no_other(
    hasher: Passwords, password: str, foreign: str
) -> None:
    for wrong in ("", password[:-1], password + " ", password.upper(), password + "\x00", "\ud800", "x" * 2000):
        assert not await hasher.verify(wrong, foreign), wrong
    assert await hasher.verify(password, foreign)


@EACH
async def test_a_foreign_hash_that_lost_or_gained_a_character_is_none(
    hasher: Passwords, password: str, foreign: str
) -> None:
    for broken in (foreign[:-1], foreign[1:], foreign + "=", foreign + "\n", foreign + "\x00", "$" + foreign):
        assert not await hasher.verify(password, broken), broken


@EACH
async def test_a_sign_in_makes_our_own_hash_of_a_foreign_one(
    door: Door,
    as_admin: Door,
    keep: Callable[[int, str], Awaitable[None]],
    kept: Callable[[int], Awaitable[str | None]],
    password: str,
    foreign: str,
) -> None:
    made = await as_admin.done("createUser", {"email": "moved@example.com"}, "user { databaseId }")
    number = made["user"]["databaseId"]
    await keep(number, foreign)

    wrong = await door.codes("login", {"email": "moved@example.com", "password": "wrong " + password})
    after_a_wrong_one = await kept(number)
    right = await door.codes("login", {"email": "moved@example.com", "password": password})
    renewed = await kept(number)

    assert (wrong, right) == ([("INVALID_CREDENTIALS", None)], [])
    assert after_a_wrong_one == foreign
    assert (renewed or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await door.codes("login", {"email": "moved@example.com", "password": password}) == []
    assert await kept(number) == renewed


async def test_bcrypt_never_looked_at_more_than_72_bytes(hasher: Passwords) -> None:
    of_eighty_bytes = "$2y$04$uxHXeeDlUn460EFvrp6fm.1mjlYbnuzvCmrCNve0pzfoqv3jTKQvO"

    assert await hasher.verify("é" * 40, of_eighty_bytes)
    assert await hasher.verify("é" * 1024, of_eighty_bytes)
    assert not await hasher.verify("é" * 35, of_eighty_bytes)


async def test_django_lets_bcrypt_see_all_of_a_long_password(hasher: Passwords) -> None:
    of_eighty_bytes = "bcrypt_sha256$$2b$04$O0HsrjkBi3D8lJO6EFRSDuDXxuwUaASH/YROSJLH82/UqFXyzgIxW"

    assert await hasher.verify("é" * 40, of_eighty_bytes)
    assert not await hasher.verify("é" * 41, of_eighty_bytes)


async def test_a_repetition_with_a_nul_does_not_pass_for_the_password(hasher: Passwords) -> None:
    assert await hasher.verify(TYPED, FOREIGN["bcrypt, 2b"])
    assert not await hasher.verify(f"{TYPED}\x00{TYPED}", FOREIGN["bcrypt, 2b"])


async def test_a_foreign_hash_may_be_of_letters_typed_in_parts(hasher: Passwords) -> None:
    in_parts = "$2b$04$HUFEyVASbYROxxZImY0/o.Fi94bU7gIezHDMcp1jXVpdBQaJj6j0S"

    assert await hasher.verify(unicodedata.normalize("NFD", TYPED), in_parts)
    assert await hasher.verify(unicodedata.normalize("NFD", TYPED), FOREIGN["bcrypt, 2b"])


async def test_only_a_hash_made_in_todays_way_is_good_enough(hasher: Passwords) -> None:
    ours = await hasher.hash(TYPED)

    assert not hasher.needs_rehash(ours)
    for other in (ours.replace("m=64", "m=128"), ours.replace("t=1", "t=2"), ours.replace("$argon2id$", "$argon2i$")):
        assert hasher.needs_rehash(other), other
    for foreign in (ours[:-1], ours + "\n", "argon2" + ours, "", *FOREIGN.values()):
        assert hasher.needs_rehash(foreign), foreign
