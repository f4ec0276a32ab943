"""Facts about password hashes that cost too much, and about what is no hash at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gql_users.security.argon2id import Argon2id
from gql_users.security.foreign_hashes import comparison
from gql_users.security.passwords import Passwords
from tests.foreign_hashes import TYPED

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
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that is verified as one of today's."""
    seen: list[str] = []
    verifier = Argon2id.verifier

    def note(scheme: Argon2id, stored: str, secret: bytes) -> Callable[[], bool]:
        seen.append(stored)
        return verifier(scheme, stored, secret)

    monkeypatch.setattr(Argon2id, "verifier", note)
    return seen


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
        assert [hasher.needs_rehash(each) for each in verified] == [False]
    assert hasher.needs_rehash(stored)
