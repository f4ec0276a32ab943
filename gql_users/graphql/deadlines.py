"""How long a query may take: one timer for all that are under way, instead of one for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from gql_users.errors import TookTooLong

T = TypeVar("T")


class Deadlines:
    """Ends what takes longer than so many seconds. All have the same time, so who began first has to be done first.

    A task has one deadline at a time.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # When each has to be done, in that order; and how often those that were not had been cancelled before.
        self._under_way: dict[asyncio.Task[Any], float] = {}
        self._late: dict[asyncio.Task[Any], int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def keep(self, answering: Awaitable[T]) -> T:
        """What `answering` gives. Raises TookTooLong when that takes too long."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - every coroutine runs in one
        assert task not in self._under_way  # noqa: S101 - as said above
        ends_at = self._under_way[task] = loop.time() + self.seconds
        if self._timer is None or self._loop is not loop:  # a loop that has ended keeps its timers
            self._timer, self._loop = loop.call_at(ends_at, self._end_late, loop), loop
        try:
            return await answering
        except asyncio.CancelledError:
            # Somebody else may have cancelled it at the same moment, which goes first (as with asyncio.timeout).
            if task in self._late and task.cancelling() - 1 <= self._late[task]:
                raise TookTooLong from None
            raise
        finally:
            del self._under_way[task]
            if self._late and self._late.pop(task, None) is not None:
                task.uncancel()

    def _end_late(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for task, ends_at in self._under_way.items():
            if ends_at > now:
                self._timer = loop.call_at(ends_at, self._end_late, loop)
                return
            if task not in self._late:
                self._late[task] = task.cancelling()
                task.cancel()
