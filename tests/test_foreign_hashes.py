"""Facts about password hashes that other systems made, and about what is no hash at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import argon2
import pytest

from gql_users.security.foreign_hashes import comparison
from gql_users.security.passwords import Passwords
from gql_users.services import Services
from tests.door import Door

TYPED = "crème brûlée, please"

# Made by the library of that name, with few iterations; or published, where a link or an RFC says so.
FOREIGN = {
    "argon2-cffi, id": "$argon2id$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$YYTDVacD9HMUGkSgasbS+MYm2fYaWr2vfanikcBnxpQ",
    "argon2-cffi, i": "$argon2i$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$nzIvS47qxBKEvutMQ73Es3/phYSlWUVL/iWbt78sVZc",
    "argon2-cffi, d": "$argon2d$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$DNMxLDOqrDZLVpxsVzc7gDEwZnsz3wCLURK4qsYU9xg",
    "argon2-cffi, version 1.0": "$argon2i$v=16$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$HatUTI8krmJigkmT3FN3+sFaJplJHLQn",
    "argon2, version 1.0 unsaid": "$argon2i$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$HatUTI8krmJigkmT3FN3+sFaJplJHLQn",
    "bcrypt, 2b": "$2b$04$TfZS7d6aUPuia//nxjdeneF6Db8XHZw95eUs/f.k4eJq233LUXbim",
    "bcrypt, 2a": "$2a$04$QDRAsyYAYmnrC4KORceMOuRJIvmXNIgMuR21b31GDf4pRoqRpxfs2",
    "libxcrypt, 2y": "$2y$04$uUghK4wVYjrMMFUGGGkC0.4RXZZGa15zUZQ/ytwRFROrw4.VhLuge",
    "passlib, pbkdf2 sha1": "$pbkdf2$1000$gjCmVCrFuFfKOUdoTUnp3Q$XQBd.tK6FD.6ggxHnilM9ivBzBQ",
    "passlib, pbkdf2 sha256": "$pbkdf2-sha256$1000$ZOw9J2RMybm31vp/D0Fo7Q$HK6mE0Qrni38EZHDF0aoAiDVVfThN4MX/PQTued5UR4",
    "passlib, pbkdf2 sha512": (
        "$pbkdf2-sha512$1000$9F5rTWnNWct5j3GOEQLA2A$"
        "mgpxKx3ROEx6jE/H70d68lI.rL6Ded3WzHuAst8HKE.Ai0krXJOfVqdmbt4DwjeENSrFF.4/ee0sO/ITG8.Cdw"
    ),
    "passlib, scrypt": "$scrypt$ln=10,r=8,p=1$PKeU8r7XGiMEgDBmzNlbCw$mtbs8slv2Yc4Q9Ps8Je2+6dE3uyLP5zjM/OPsXb2o8c",
    # https://github.com/RustCrypto/password-hashes: pbkdf2/tests/simple.rs
    "RustCrypto, pbkdf2 sha256": (
        "$pbkdf2-sha256$i=4096,l=40$c2FsdFNBTFRzYWx0U0FMVHNhbHRTQUxUc2FsdFNBTFRzYWx0$"
        "NIyJ28vTKy8y2BS4EW6EzysXNH68GAAYHE4qH7jdU+HGNVGMfaxH6Q"
    ),
    # the RFCs' results, in the form of PHC
    "RFC 7914, pbkdf2 sha256": (
        "$pbkdf2-sha256$i=80000,l=64$TmFDbA$"
        "TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ"
    ),
    "RFC 6070, pbkdf2 sha1": "$pbkdf2-sha1$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE",
    "Django, pbkdf2 sha256": "pbkdf2_sha256$1000$ZTzplrbrkBH7oGvaUdu9L3$63MefIinvc+XfVdc5OA+ANrzTewBI+EJfCfjFGMDqi0=",
    "Django, pbkdf2 sha1": "pbkdf2_sha1$1000$tB4gV7QLEF2GjeZ0fYoEuC$C2gFAzpGuWqRnU0sfjNaxl9ezeU=",
    "Django, argon2": (
        "argon2$argon2id$v=19$m=1024,t=2,p=8$bG9QVVNNODdwbWZsQWRvelY3a3dRTg$PY7fT886vEpORpSiyw5rWiZmb9d9MME8/OGHX6rkdEA"
    ),
    "Django, bcrypt": "bcrypt$$2b$04$129pTskgz0m1vlU6jrJn6Oy1Jh9v4te.XNCAZnTH8MNIzUuhIkBPm",
    "Django, bcrypt of sha256": "bcrypt_sha256$$2b$04$67UXXVMw0XhVGTiqt82J.e5OsxB6m2MPgwW72gjYdT0YmTNZxfeCu",
    "Django, scrypt": (
        "scrypt$16384$aCE7lro0OonuVIfDuDZowi$8$5$"
        "OLu/l2MAfIbNxiUKjOvSqzcFowiDzMc3+GbuGUNEoQwu/s1pSm6gxr1Iw56SVxga//5crAi3ppmzveMOG2ck4Q=="
    ),
    "Werkzeug, pbkdf2 sha256": (
        "pbkdf2:sha256:1000$VLTmwmSAzn1FlF6K$7af11414471375fbcb25b611ea466af2d3b35ee294330b9f015df2148e2e1903"
    ),
    "Werkzeug, pbkdf2 sha1": "pbkdf2:sha1:1000$gqGt94Q03ELGfsR2$190fd3dce09ed9121cbc6d3f78dc2c47a3f6ee8d",
    "Werkzeug, pbkdf2 sha512": (
        "pbkdf2:sha512:1000$QSTiEiTV7Lh43YM2$"
        "4c2edaec7ca8a7e579aeb310e7d7ef53b590d61a7a6fe9c2c3d038e17a963ca0c59cbec705aa1c38c92b699704490555d3ff"
        "e647b61bf225f02d114b547c13b3"
    ),
    "Werkzeug, scrypt": (
        "scrypt:32768:8:1$3KOqLmnk1PNag0yy$"
        "125198c2fb81f8d32c158ab55915192f4fd78be120bb300569976cfbd7665fb795eaee13332d3b5abde2a2e707787088e128"
        "99ab3a4eb6a5c6f238a939eb79da"
    ),
    # https://github.com/firebase/scrypt
    "Firebase": (
        "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUEC"
        "Kbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$"
        "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
    ),
}
PUBLISHED = {
    "RustCrypto, pbkdf2 sha256": "passwordPASSWORDpassword",
    "RFC 7914, pbkdf2 sha256": "Password",
    "RFC 6070, pbkdf2 sha1": "password",
    "Firebase": "user1password",
}
EACH = pytest.mark.parametrize(
    ("password", "foreign"), [(PUBLISHED.get(name, TYPED), foreign) for name, foreign in FOREIGN.items()], ids=FOREIGN
)

KEY = "A" * 43
PADDED_64 = "A" * 86 + "=="
HEX_64 = "0" * 128
SIGNED = f"sk={'A' * 22}==$c2Fs${'A' * 22}=="

# With the most that is computed.
EDGES = [
    ("$argon2id$v=19$m={},t=1,p=1$c2FsdHNhbHQ$" + KEY, 2**20),
    ("$argon2i$v=19$m=64,t={},p=1$c2FsdHNhbHQ$" + KEY, 10),
    ("argon2$argon2d$m=999,t=1,p={}$c2FsdHNhbHQ$" + KEY, 16),
    ("$2b${}$" + "." * 53, 15),
    ("bcrypt_sha256$$2y${}$" + "." * 53, 15),
    ("$scrypt$ln={},r=8,p=1$c2FsdA$" + KEY, 20),
    ("scrypt:1048576:8:{}$salt$" + HEX_64, 2),
    ("scrypt:1048576:{}:1$salt$" + HEX_64, 8),
    ("scrypt:2:1:{}$salt$" + HEX_64, 2**23),
    ("scrypt$16$salt${}$2$" + PADDED_64, 2**19),
    ("$fbscrypt$v=1,n={},r=8,p=1," + SIGNED, 20),
    ("$pbkdf2-sha256${}$c2FsdA$" + KEY, 10_000_000),
    ("$pbkdf2-sha256$i={},l=64$c2FsdA$" + "A" * 86, 5_000_000),
    ("pbkdf2_sha256${}$salt$" + KEY + "=", 10_000_000),
    ("pbkdf2:sha512:{}$salt$" + HEX_64, 10_000_000),
]

# What would take minutes at least, or all memory there is.
ABSURD = [
    f"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ${KEY}",
    f"$argon2id$v=19$m=1048576,t=4294967295,p=1$c2FsdHNhbHQ${KEY}",
    f"$argon2id$v=19$m={'9' * 300},t=1,p=1$c2FsdHNhbHQ${KEY}",
    f"$2b$31${'.' * 53}",
    f"bcrypt$$2b$28${'.' * 53}",
    f"$scrypt$ln=99,r=8,p=1$c2FsdA${KEY}",
    f"$scrypt$ln=20,r=8,p=1000000$c2FsdA${KEY}",
    f"scrypt:{2**33}:8:1$salt${HEX_64}",
    f"scrypt$1024$salt$8$4294967295${PADDED_64}",
    f"$fbscrypt$v=1,n=40,r=8,p=1,{SIGNED}",
    f"$pbkdf2-sha512$i=4294967295$c2FsdA${'A' * 86}",
    f"pbkdf2_sha256$9999999999$salt${KEY}=",
    f"pbkdf2:sha1:{'9' * 5000}$salt${'0' * 40}",
]

NO_HASHES = [
    "!",
    "*",
    "$",
    "\x00",
    "\ud800",
    "plain text",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
    "$argon2id$",
    "$argon2x$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + KEY,
    "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + KEY + "\n",
    "$argon2id$v=19$m=٦٤,t=1,p=1$c2FsdHNhbHQ$" + KEY,
    "$argon2id$v=19$m=7,t=1,p=1$c2FsdHNhbHQ$" + KEY,
    "$argon2id$v=19$m=64,t=1,p=1,keyid=Zm9v$c2FsdHNhbHQ$" + KEY,
    "$argon2id$v=19$m=64,t=1,p=1$c$" + KEY,
    "$2x$04$" + "." * 53,
    "$2b$03$" + "." * 53,
    "$2b$04$" + "/" * 53,
    "$2b$04$" + "." * 52 + "é",
    "$pbkdf2-sha256$0$c2FsdA$" + KEY,
    "$pbkdf2-sha256$1000$c2FsdA$",
    "$pbkdf2-sha256$1000$c2FsdA$AAAA",
    "$pbkdf2-sha256$1000$c$" + KEY,
    "$pbkdf2-sha256$i=1000,l=33$c2FsdA$" + KEY,
    "$pbkdf2-md5$1000$c2FsdA$" + "A" * 22,
    "$scrypt$ln=0,r=8,p=1$c2FsdA$" + KEY,
    "$scrypt$ln=1,r=0,p=1$c2FsdA$" + KEY,
    "scrypt:1000:8:1$salt$" + HEX_64,
    "scrypt:1:8:1$salt$" + HEX_64,
    "scrypt:16:8:1$sa\ud800lt$" + HEX_64,
    "scrypt:16:8:1$salt$" + "0" * 127,
    "pbkdf2:sha256:1000$$" + "0" * 64,
    "pbkdf2_sha256$1000$salt$" + KEY,
    "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==$c2Fs$" + "A" * 22 + "==",
    "$fbscrypt$v=1,n=14,r=8,p=1,sk=AAAA$c2Fs$" + "A" * 22 + "==",
]


@pytest.fixture
def hasher() -> Iterator[Passwords]:
    made = Passwords(memory_kib=64, iterations=1, parallelism=1, shortest=8)
    yield made
    made.close()


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that Argon2 is asked to verify."""
    seen: list[str] = []
    verify_secret: Callable[..., bool] = argon2.low_level.verify_secret

    def note(stored: bytes, *more: Any) -> bool:
        seen.append(stored.decode())
        return verify_secret(stored, *more)

    monkeypatch.setattr(argon2.low_level, "verify_secret", note)
    return seen


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


@pytest.mark.parametrize(("form", "most"), EDGES)
def test_what_a_hash_may_cost_is_judged_before_it_is_computed(form: str, most: int) -> None:
    assert comparison(form.format(most)) is not None
    assert comparison(form.format(most + 1)) is None


@pytest.mark.parametrize("stored", [*ABSURD, *NO_HASHES])
async def test_what_is_absurd_or_no_hash_costs_one_of_our_own_and_is_never_right(
    hasher: Passwords, verified: list[str], stored: str
) -> None:
    for password in (TYPED, "", "nul\x00", "\ud800"):
        verified.clear()
        assert not await hasher.verify(password, stored)
        assert hasher.needs_rehash(verified[-1]) is False
    assert hasher.needs_rehash(stored)


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
