"""Turns: those who count towards the same row go one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from gql_users.repositories.attempts import Pair


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of one process.

    A crowd that waited for one row inside the database would hold every connection of the pool meanwhile.
    """

    _locks: WeakValueDictionary[Pair, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    @asynccontextmanager
    async def of(self, pairs: Sequence[Pair]) -> AsyncIterator[None]:
        """The turn of an attempt that counts towards all of these."""
        async with AsyncExitStack() as turns:
            for pair in sorted(pairs):  # in one order, or two would wait for each other
                await turns.enter_async_context(self._locks.setdefault(pair, asyncio.Lock()))
            yield
