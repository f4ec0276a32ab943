"""Facts about how a hash of a password is verified."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import low_level
from hypothesis import given, settings
from hypothesis import strategies as st

from gql_users.security.argon2id import Argon2id

SMALL = {"memory_kib": 64, "iterations": 2, "parallelism": 1}
TODAY = {"memory_kib": 19_456, "iterations": 2, "parallelism": 1}


def hashed(secret: bytes, parameters: Mapping[str, int], length: int = 32) -> str:
    """What the library makes of it."""
    costs = parameters["iterations"], parameters["memory_kib"], parameters["parallelism"]
    return low_level.hash_secret(secret, secrets.token_bytes(16), *costs, length, low_level.Type.ID).decode()


@settings(max_examples=60, deadline=None)
@given(
    secret=st.binary(max_size=200),
    other=st.binary(max_size=200),
    memory_kib=st.integers(64, 400),
    iterations=st.integers(1, 4),
    parallelism=st.integers(1, 4),
)
def test_it_says_what_the_library_says(
    secret: bytes, other: bytes, memory_kib: int, iterations: int, parallelism: int
) -> None:
    parameters = {"memory_kib": memory_kib, "iterations": iterations, "parallelism": parallelism}
    scheme, of_secret = Argon2id(**parameters), hashed(secret, parameters)

    assert scheme.has_made(of_secret)
    assert scheme.verifier(of_secret, secret)()
    assert scheme.verifier(of_secret, other)() is (other == secret)


@pytest.mark.parametrize("name", SMALL)
def test_what_was_made_with_other_parameters_is_not_its_own(name: str) -> None:
    assert not Argon2id(**SMALL).has_made(hashed(b"secret", {**SMALL, name: SMALL[name] + 1}))


def test_what_is_written_otherwise_is_not_its_own() -> None:
    scheme, ours = Argon2id(**SMALL), hashed(b"secret", SMALL)

    for other in (
        f"{ours}A",
        ours[:-1],
        f"{ours}\n",
        ours.replace("v=19", "v=16"),
        hashed(b"secret", SMALL, length=31),
    ):
        assert not scheme.has_made(other)


def test_a_decoy_is_its_own_and_of_nobodys_secret() -> None:
    scheme = Argon2id(**SMALL)

    assert scheme.has_made(scheme.decoy())
    assert scheme.decoy() != scheme.decoy()
    assert not scheme.verifier(scheme.decoy(), b"secret")()


def test_threads_do_not_get_in_each_others_way() -> None:
    scheme = Argon2id(**TODAY)
    hashes = {secret: hashed(secret, TODAY) for secret in (b"one", b"two", b"three", b"four")}
    asked = [(secret, of_whom) for secret in hashes for of_whom in hashes] * 2

    with ThreadPoolExecutor(4) as threads:
        said = threads.map(lambda each: scheme.verifier(hashes[each[1]], each[0])(), asked)

    assert [*said] == [secret == of_whom for secret, of_whom in asked]


def test_nothing_of_a_password_is_left_in_its_memory() -> None:
    scheme = Argon2id(**TODAY)

    assert scheme.verifier(hashed(b"secret", TODAY), b"secret")()

    assert not any(scheme._memory().pages[:])
