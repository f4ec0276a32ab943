"""How long a query may take: one timer for all that are under way, instead of one for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class _UnderWay:
    """One query: the task that answers it, and when it has to be done."""

    __slots__ = ("cancelled_before", "ends_at", "is_late", "task")

    def __init__(self, task: asyncio.Task[Any], ends_at: float) -> None:
        self.task = task
        self.ends_at = ends_at
        self.cancelled_before = task.cancelling()
        self.is_late = False


class Deadlines:
    """Ends what takes longer than so many seconds. All have the same time, so who began first has to be done first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # In the order of their ends.
        self._under_way: dict[_UnderWay, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def keep(self, answering: Awaitable[T]) -> T:
        """What `answering` gives. Raises TimeoutError when that takes too long."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 - every coroutine runs in one
        this = _UnderWay(task, loop.time() + self.seconds)
        self._under_way[this] = None
        if self._timer is None:
            self._timer = loop.call_at(this.ends_at, self._end_late, loop)
        try:
            return await answering
        except asyncio.CancelledError:
            # Somebody else may have cancelled it at the same moment, which goes first (as with asyncio.timeout).
            if this.is_late and task.uncancel() <= this.cancelled_before:
                raise TimeoutError from None
            raise
        finally:
            del self._under_way[this]

    def _end_late(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for each in self._under_way:
            if each.ends_at > now:
                self._timer = loop.call_at(each.ends_at, self._end_late, loop)
                return
            if not each.is_late:
                each.is_late = True
                each.task.cancel()
