"""Passwords: which are good enough, and how they are hashed without holding anybody else up."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TypeVar

from passlib.hash import argon2

from gql_users.errors import Invalid, Unavailable, WeakPassword
from gql_users.security.argon2id import Argon2id
from gql_users.security.common_passwords import CommonPasswords
from gql_users.security.foreign_hashes import comparison

T = TypeVar("T")

CROWDED = "Too many passwords are being checked right now. Try again in a moment."

LONGEST_PASSWORD = 1024
PRODUCT = "gql_users"

# A second or two of work for each core: who comes later is told to come back, instead of waiting without end.
MOST_WAITING = 64 * (os.cpu_count() or 1)
# How many may be on their way to a hash, from before anything is counted for them. The other places are for those who
# hash without being asked first, such as an admin who makes an account.
MOST_ON_THE_WAY = MOST_WAITING // 2

# Of these, how many do more than wait: enough that no core has to wait for the next one.
MOST_AT_ONCE = 4 * (os.cpu_count() or 1)

# How much the threads that hash stand back for others, in the steps of `nice`.
STANDS_BACK = 10


class Passwords:
    """Hashes passwords with Argon2id (RFC 9106) and verifies them, in as many threads as there are cores.

    Hashing takes tens of milliseconds and tens of megabytes, so it happens beside the event loop, in a bounded pool,
    and nobody may hold a database connection meanwhile.
    """

    def __init__(self, *, memory_kib: int, iterations: int, parallelism: int, shortest: int) -> None:
        self.shortest = shortest
        # Otherwise the first hash loads it, and two first ones at the same moment get in each other's way.
        argon2.set_backend("argon2_cffi")
        self._scheme = argon2.using(
            type="ID", memory_cost=memory_kib, time_cost=iterations, parallelism=parallelism, digest_size=32
        )
        self._today = Argon2id(memory_kib=memory_kib, iterations=iterations, parallelism=parallelism)
        # What a miss is compared with, so that it costs what a hit costs.
        self._decoy = self._today.decoy()
        self._common = CommonPasswords(shortest)
        self.turn = asyncio.Semaphore(MOST_AT_ONCE)
        """Held by whoever has a place, from what they do before their hash to what they do after it.

        In a flood all who have places would do the first part at once, and hold everybody else up, to wait then.
        """
        self._waiting = 0
        self._on_the_way = 0

    def check(self, password: str, about: Iterable[str | None] = (), field: str = "password") -> str:
        """The password in the form that is hashed (NFC).

        `about` are the words that describe its owner. Raises Invalid for text that is no text or has no end, and
        WeakPassword for a password that is too short, is common, or says no more than who its owner is.
        """
        try:
            password.encode()
        except UnicodeEncodeError as error:
            raise Invalid("Broken characters are not allowed.", field=field) from error
        password = unicodedata.normalize("NFC", password)
        if len(password) < self.shortest:
            raise WeakPassword(f"A password has at least {self.shortest} characters.", field=field)
        if len(password) > LONGEST_PASSWORD:
            raise Invalid(f"A password has at most {LONGEST_PASSWORD} characters.", field=field)
        plain = _plain(password)
        if len(set(plain)) == 1:
            raise WeakPassword("A password is more than one character repeated.", field=field)
        if plain in {_plain(word) for word in (PRODUCT, *about) if word}:
            raise WeakPassword("A password must not be your own name or address, or ours.", field=field)
        if password in self._common:
            raise WeakPassword("This password is one of those that are tried first.", field=field)
        return password

    def require_room(self) -> None:
        """Asked before anything is done that will want a hash. Raises Unavailable when too many wait for theirs.

        In a flood most are refused here, at no cost to the database.
        """
        if max(self._on_the_way, self._waiting) >= MOST_ON_THE_WAY:
            raise Unavailable(CROWDED)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for somebody on their way to a hash, for as long as the block runs. Raises Unavailable.

        Who has one has it for good: nobody waits for other things first, and is turned away then.
        """
        self.require_room()
        self._on_the_way += 1
        try:
            yield
        finally:
            self._on_the_way -= 1

    async def hash(self, password: str) -> str:
        """The hash of a password, as a PHC string. Raises Unavailable when too many wait."""
        normal = unicodedata.normalize("NFC", password)
        return await self._beside(lambda: str(self._scheme.hash(normal)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Is this the password of the hash, be it ours or a foreign one?

        Without a hash, and with one that cannot be read or would cost too much, it takes as long to say no as a hash
        of today's takes. Raises Unavailable.
        """
        normal = unicodedata.normalize("NFC", password)
        if len(normal) > LONGEST_PASSWORD:
            normal, password, password_hash = "", "", None
        return await self._beside(self._comparison(password_hash, normal, password))

    def needs_rehash(self, password_hash: str) -> bool:
        """Was it made in another way than today's, or with other parameters?"""
        return not self._today.has_made(password_hash)

    def close(self) -> None:
        """Let the threads go; whoever hashes again gets new ones."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        del self._threads

    def _comparison(self, password_hash: str | None, normal: str, typed: str) -> Callable[[], bool]:
        secret = normal.encode("utf-8", "surrogatepass")
        if password_hash and self._today.has_made(password_hash):
            return self._today.verifier(password_hash, secret)
        miss = self._today.verifier(self._decoy, secret)
        compare = comparison(password_hash) if password_hash else None
        if password_hash is None or compare is None:
            return miss
        # Others hashed what was typed as it came, and some keyboards write letters in parts.
        spellings = dict.fromkeys((secret, typed.encode("utf-8", "surrogatepass")))

        def compared() -> bool:
            try:
                return any(map(compare, spellings))
            except (ValueError, MemoryError):
                return miss()

        return compared

    async def _beside(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable(CROWDED)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="hashing", initializer=_stand_back)


def _stand_back() -> None:
    """Let the event loop and everybody else's work go first: who waits for a hash waits for long anyway."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        with suppress(OSError):  # where that is not allowed, hashing is not kept from it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + STANDS_BACK)


def _plain(word: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", word).casefold() if character.isalnum())
