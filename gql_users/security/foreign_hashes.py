"""Foreign hashes: what other systems made of a password, read, judged by its cost, and compared with a password.

Every form is taken apart first. What cannot be read, or would cost more than these limits, is never computed: a stored
hash comes from somewhere else and must not decide how long the service works on it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import new as new_digest
from hashlib import pbkdf2_hmac, sha256
from hmac import compare_digest
from math import ceil
from typing import TypeAlias

import bcrypt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from passlib.crypto.scrypt import scrypt
from passlib.hash import argon2

Comparison: TypeAlias = Callable[[bytes], bool]
"""Is the hash of this password? Raises ValueError where a library finds fault with what looked well."""

MOST_MEMORY = 2**30
MOST_ARGON2_ITERATIONS = 10
MOST_ARGON2_LANES = 16
BCRYPT_ROUNDS = range(4, 16)
MOST_SCRYPT_WORK = 2**24  # N·r·p: some seconds, and twice what the most memory asks for
MOST_PBKDF2_ITERATIONS = 10_000_000

_KEY_SIZES = range(16, 65)  # what is shorter could be met by chance; nothing is made longer than the longest digest
_SCRYPT_SIZES = (32, 64)  # the start of what scrypt makes is what it makes of less: a hash cut off would still be one
_BCRYPT_LONGEST = 72  # bcrypt never looked at more of a password; the library wants it cut off before

_Said: TypeAlias = Mapping[str, str]
"""The parts of a hash, by name."""

_Decoder: TypeAlias = Callable[[str], bytes]


def comparison(stored: str) -> Comparison | None:
    """How passwords are compared with a stored hash. None when it cannot be read or would cost too much.

    Each comparison costs what the hash asks for; nothing is computed before.
    """
    for form, reader in _FORMS:
        found = form.fullmatch(stored)
        if found:
            try:
                return reader({name: said for name, said in found.groupdict().items() if said is not None})
            except ValueError:  # letters that are no base64
                return None
    return None


def _argon2(said: _Said) -> Comparison | None:
    memory, iterations, lanes = (int(said[name]) for name in ("memory", "iterations", "lanes"))
    if memory * 1024 > MOST_MEMORY or iterations > MOST_ARGON2_ITERATIONS or lanes > MOST_ARGON2_LANES:
        return None
    return lambda secret: bool(argon2.verify(secret, said["phc"]))


def _bcrypt(said: _Said) -> Comparison | None:
    if int(said["rounds"]) not in BCRYPT_ROUNDS:
        return None
    stored = said["mcf"].encode()

    def compare(secret: bytes) -> bool:
        key = sha256(secret).hexdigest().encode() if "digested" in said else secret[:_BCRYPT_LONGEST]
        return _same(bcrypt.hashpw(key, stored), stored, secret)

    return compare


def _pbkdf2(said: _Said, *, salt_from: _Decoder, key_from: _Decoder) -> Comparison | None:
    digest, iterations = said.get("digest", "sha1"), int(said["iterations"])
    salt, key = salt_from(said["salt"]), key_from(said["key"])
    whole = new_digest(digest).digest_size
    if len(key) not in _KEY_SIZES or len(key) != int(said.get("length", whole)):
        return None
    if iterations * ceil(len(key) / whole) > MOST_PBKDF2_ITERATIONS:
        return None
    return lambda secret: _same(pbkdf2_hmac(digest, secret, salt, iterations, len(key)), key, secret)


def _scrypt(said: _Said, *, salt_from: _Decoder, key_from: _Decoder) -> Comparison | None:
    costs = _scrypt_costs(said)
    salt, key = salt_from(said["salt"]), key_from(said["key"])
    if costs is None or len(key) not in _SCRYPT_SIZES:
        return None
    return lambda secret: _same(bytes(scrypt(secret, salt, *costs, len(key))), key, secret)


def _firebase(said: _Said) -> Comparison | None:
    """Firebase's own: what scrypt makes of the password encrypts a key of the project, and that is the hash."""
    costs = _scrypt_costs(said)
    salt = _base64(said["salt"]) + _base64(said.get("separator", ""))
    signer, encrypted = _base64(said["signer"]), _base64(said["key"])
    if costs is None or len(encrypted) not in _KEY_SIZES or len(encrypted) != len(signer):
        return None

    def compare(secret: bytes) -> bool:
        key = bytes(scrypt(secret, salt, *costs, 32))
        return _same(Cipher(AES(key), CTR(bytes(16))).encryptor().update(signer), encrypted, secret)

    return compare


def _scrypt_costs(said: _Said) -> tuple[int, int, int] | None:
    """N, r and p, unless they ask for too much."""
    n = 1 << int(said["log_n"]) if "log_n" in said else int(said["n"])
    r, p = int(said["r"]), int(said["p"])
    if 128 * r * max(n, p) > MOST_MEMORY or n * r * p > MOST_SCRYPT_WORK:
        return None
    return n, r, p


def _same(made: bytes, kept: bytes, secret: bytes) -> bool:
    # HMAC fills a password up with NULs, and bcrypt puts one after it: one that has a NUL can pass for a shorter one.
    return compare_digest(made, kept) and b"\x00" not in secret


def _base64(text: str) -> bytes:
    """What the text stands for, with or without padding, in the standard alphabet or passlib's."""
    return b64decode(text.replace(".", "+") + "=" * (-len(text) % 4), validate=True)


def _form(pattern: str) -> re.Pattern[str]:
    four, two, three = (f"[A-Za-z0-9+/]{{{length}}}" for length in (4, 2, 3))
    words = {
        "NUMBER": "[1-9][0-9]{0,9}",  # more digits are too much, whatever they say
        "BASE64": "[A-Za-z0-9+/.]+",
        "PADDED": f"(?:{four})*(?:{four}|{two}==|{three}=)",
        "TEXT": "[^$]+",
    }
    return re.compile(re.sub("|".join(words), lambda word: words[word[0]], pattern))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[_Said], Comparison | None]], ...] = (
    # PHC, and Django, which puts a word before it
    (
        _form(
            r"(?:argon2)?(?P<phc>\$argon2(?:id|i|d)(?:\$v=(?:16|19))?"
            r"\$m=(?P<memory>NUMBER),t=(?P<iterations>NUMBER),p=(?P<lanes>NUMBER)\$BASE64\$BASE64)"
        ),
        _argon2,
    ),
    # the modular crypt format, and Django, which may take a SHA-256 of the password first
    (
        _form(r"(?:bcrypt(?P<digested>_sha256)?\$)?(?P<mcf>\$2[aby]\$(?P<rounds>[0-9]{2})\$[./A-Za-z0-9]{53})"),
        _bcrypt,
    ),
    # passlib and PHC
    (
        _form(
            r"\$pbkdf2(?:-(?P<digest>sha1|sha256|sha512))?"
            r"\$(?:i=)?(?P<iterations>NUMBER)(?:,l=(?P<length>NUMBER))?\$(?P<salt>BASE64)\$(?P<key>BASE64)"
        ),
        partial(_pbkdf2, salt_from=_base64, key_from=_base64),
    ),
    (
        _form(
            r"\$scrypt\$ln=(?P<log_n>[1-9][0-9]?),r=(?P<r>NUMBER),p=(?P<p>NUMBER)\$(?P<salt>BASE64)\$(?P<key>BASE64)"
        ),
        partial(_scrypt, salt_from=_base64, key_from=_base64),
    ),
    # Django
    (
        _form(r"pbkdf2_(?P<digest>sha1|sha256)\$(?P<iterations>NUMBER)\$(?P<salt>TEXT)\$(?P<key>PADDED)"),
        partial(_pbkdf2, salt_from=str.encode, key_from=_base64),
    ),
    (
        _form(r"scrypt\$(?P<n>NUMBER)\$(?P<salt>TEXT)\$(?P<r>NUMBER)\$(?P<p>NUMBER)\$(?P<key>PADDED)"),
        partial(_scrypt, salt_from=str.encode, key_from=_base64),
    ),
    # Werkzeug
    (
        _form(r"pbkdf2:(?P<digest>sha1|sha256|sha512):(?P<iterations>NUMBER)\$(?P<salt>TEXT)\$(?P<key>[0-9a-f]+)"),
        partial(_pbkdf2, salt_from=str.encode, key_from=bytes.fromhex),
    ),
    (
        _form(r"scrypt:(?P<n>NUMBER):(?P<r>NUMBER):(?P<p>NUMBER)\$(?P<salt>TEXT)\$(?P<key>[0-9a-f]+)"),
        partial(_scrypt, salt_from=str.encode, key_from=bytes.fromhex),
    ),
    # Firebase, as services that take its users over write it
    (
        _form(
            r"\$fbscrypt\$v=1,n=(?P<log_n>[1-9][0-9]?),r=(?P<r>NUMBER),p=(?P<p>NUMBER)"
            r"(?:,ss=(?P<separator>PADDED)?)?,sk=(?P<signer>PADDED)\$(?P<salt>PADDED)\$(?P<key>PADDED)"
        ),
        _firebase,
    ),
)
