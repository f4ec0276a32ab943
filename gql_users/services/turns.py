"""Turns: those who count towards the same row go one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakValueDictionary

from gql_users.repositories.attempts import Pair

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of one process, and only a few at once.

    A crowd that waited for one row inside the database would hold every connection of the pool meanwhile, and a flood
    that waits for nothing would take them all again and again.
    """

    _locks: WeakValueDictionary[Pair, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _gate: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, AT_ONCE))

    @asynccontextmanager
    async def of(self, pairs: Sequence[Pair]) -> AsyncIterator[None]:
        """The turn of an attempt that counts towards all of these."""
        async with AsyncExitStack() as turns:
            for pair in sorted(pairs):  # in one order, or two would wait for each other
                await turns.enter_async_context(self._locks.setdefault(pair, asyncio.Lock()))
            # Last, so that whoever is through the gate waits for nobody outside of it.
            await turns.enter_async_context(self._gate)
            yield
