"""How long the server may say nothing: one timer for all connections that wait for it, instead of one a statement."""

from __future__ import annotations

import asyncio
from typing import Protocol

from gql_users.repositories import database


class Waiting(Protocol):
    """What waits for the server."""

    def give_up(self) -> None:
        """Wait no longer."""


class Silence:
    """Has whoever waits for longer than `SILENCE_S` give up.

    The server itself ends what takes long before that; this is for one that does not answer at all any more.
    """

    def __init__(self) -> None:
        # In the order in which they began.
        self._since: dict[Waiting, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, waiting: Waiting) -> None:
        """Something was asked."""
        loop = asyncio.get_running_loop()
        self._since.pop(waiting, None)
        self._since[waiting] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(database.SILENCE_S, self._look, loop)

    def end(self, waiting: Waiting) -> None:
        """It was answered, or nobody waits for that any more."""
        self._since.pop(waiting, None)

    def forget(self) -> None:
        """Nobody waits any more. Whoever does next may do so in another event loop."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._since.clear()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        for waiting, since in [*self._since.items()]:
            if loop.time() < since + database.SILENCE_S:
                self._timer = loop.call_at(since + database.SILENCE_S, self._look, loop)
                return
            waiting.give_up()
            self.end(waiting)
