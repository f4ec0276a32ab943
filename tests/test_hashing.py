"""Facts about hashing that no door shows by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gql_users.errors import Unavailable
from gql_users.security import passwords
from gql_users.security.passwords import STANDS_BACK, Passwords
from tests.door import PASSWORD, Door, Person

SIGN_IN = "mutation ($input: LoginInput!) { login(input: $input) { user { id } } }"
EMAILS = ("member@example.com", "nobody@example.com")
LOWEST = 19  # priorities end there

FIRST_HASHES_AT_ONCE = """
import asyncio, sys
from gql_users.security.passwords import Passwords

async def hash_many():
    await asyncio.gather(*(hasher.hash("a long enough password") for _ in range(8)))

sys.setswitchinterval(1e-6)
hasher = Passwords(memory_kib=19_456, iterations=2, parallelism=1, shortest=8)
asyncio.run(hash_many())
"""


def test_the_first_hashes_of_a_process_may_come_at_the_same_moment() -> None:
    for _ in range(8):
        finished = subprocess.run(
            [sys.executable, "-c", FIRST_HASHES_AT_ONCE], capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stderr


async def test_who_hashes_after_everything_was_let_go_gets_new_threads() -> None:
    hasher = Passwords(memory_kib=19_456, iterations=2, parallelism=1, shortest=8)
    first = await hasher.hash("a long enough password")

    hasher.close()

    assert await hasher.verify("a long enough password", first)
    hasher.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has a priority of its own on Linux alone")
async def test_threads_that_hash_stand_back_for_all_others(hasher: Passwords) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)

    await hasher.hash("a long enough password")

    priorities = [os.getpriority(os.PRIO_PROCESS, int(each.name)) for each in Path("/proc/self/task").iterdir()]
    assert min(own + STANDS_BACK, LOWEST) in priorities
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


async def test_who_was_let_in_finds_a_place_when_others_are_refused(
    hasher: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "MOST_ON_THE_WAY", 1)

    with hasher.place():
        with pytest.raises(Unavailable), hasher.place():
            pytest.fail("there is no place")
        assert await hasher.hash("a long enough password")

    hasher.require_room()


async def test_a_sign_in_that_would_find_no_place_asks_the_database_nothing(
    door: Door, a_member: Person, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.done("login", {"email": a_member.email, "password": PASSWORD})  # keys are known from now on
    monkeypatch.setattr(passwords, "MOST_ON_THE_WAY", 0)
    statements.clear()

    refused = [await door.refused(SIGN_IN, input={"email": each, "password": "wrong"}) for each in EMAILS]

    assert refused[0] == refused[1]
    assert refused[0]["extensions"] == {"code": "UNAVAILABLE", "retryAfterSeconds": 1}
    assert statements == []
