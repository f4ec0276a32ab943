"""Passwords: which are good enough, and how they are hashed without holding anybody else up."""

from __future__ import annotations

import asyncio
import os
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from passlib.hash import argon2

from gql_users.errors import Invalid, Unavailable, WeakPassword

T = TypeVar("T")

LONGEST_PASSWORD = 1024
PRODUCT = "gql_users"

# Some seconds of work for the machine's cores: who comes later is told to come back, instead of waiting without end.
MOST_WAITING = 256


class Passwords:
    """Hashes and verifies passwords with Argon2id (RFC 9106), in as many threads as there are cores.

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
        self._waiting = 0

    def check(self, password: str, about: Iterable[str | None] = (), field: str = "password") -> str:
        """The password in the form that is hashed (NFC).

        `about` are the words that describe its owner. Raises Invalid for text that is no text or has no end, and
        WeakPassword for a password that is too short or says no more than who its owner is.
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
        return password

    async def hash(self, password: str) -> str:
        """The hash of a password, as a PHC string. Raises Unavailable when too many wait."""
        normal = unicodedata.normalize("NFC", password)
        return await self._beside(lambda: str(self._scheme.hash(normal)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Is this the password of the hash? Without a hash it takes as long to say no. Raises Unavailable."""
        candidate = unicodedata.normalize("NFC", password)
        if len(candidate) > LONGEST_PASSWORD:
            candidate, password_hash = "", None
        secret = candidate.encode("utf-8", "surrogatepass")
        verified = await self._beside(lambda: self._scheme.verify(secret, password_hash or self._decoy))
        return verified and password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """Was it made with other parameters than today's?"""
        return bool(self._scheme.needs_update(password_hash))

    def close(self) -> None:
        """Let the threads go; whoever hashes again gets new ones."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        del self._threads

    async def _beside(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="hashing")

    @cached_property
    def _decoy(self) -> str:
        """A hash nobody has the password of, made with today's parameters, so that a miss costs what a hit costs."""
        return str(self._scheme.hash(secrets.token_urlsafe(32)))


def _plain(word: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", word).casefold() if character.isalnum())
