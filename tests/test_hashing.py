"""Facts about hashing that no door shows by itself."""

from __future__ import annotations

import subprocess
import sys

from gql_users.security.passwords import Passwords

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
