"""A pool of connections to PostgreSQL that costs next to nothing to take one from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from gql_users.repositories import database


class Pool:
    """At most `size` connections, made when they are needed, kept, and waited for in order.

    They are made one at a time: in a burst somebody is done with theirs before a server, busy with the burst, has
    another ready. Nothing is sent when one is taken or given back: who takes one leaves it as it was.
    """

    def __init__(self, connect: Callable[[], Awaitable[Any]], size: int) -> None:
        self._connect = connect
        self._size = size
        # All that there are: those that somebody has, those that nobody has, and the one that is just being made.
        self._count = 0
        self._is_making = False
        # Whoever waits is given a connection, or None to make one.
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._idle: list[Any] = []
        # Those that somebody has, and how often all had been let go when they were taken.
        self._taken: dict[Any, int] = {}
        self._generation = 0

    async def take(self) -> Any:
        """An open connection, for nobody else until it is given back. Raises TimeoutError when none becomes free."""
        connection = self._pop()
        if connection is not None:
            self._taken[connection] = self._generation
            return connection
        if self._may_make():
            return await self._make()
        return await self._wait() or await self._make()

    def give_back(self, connection: Any) -> None:
        """Let others have it, unless it is closed, or was to be, or is not as it was taken. One may do so twice."""
        generation = self._taken.pop(connection, None)
        if generation is None:
            return
        if connection.is_closed() or generation != self._generation or connection.is_in_transaction():
            connection.terminate()
            self._count -= 1
            self._let_make()
        elif turn := self._next():
            self._taken[connection] = generation
            turn.set_result(connection)
        else:
            self._idle.append(connection)

    async def renew(self, connection: Any) -> Any:
        """Another one, in the place of one that turned out to be closed.

        What ended one has most likely ended all, so those that nobody uses are not trusted any more.
        """
        self._count -= len(self._idle)
        while self._idle:
            self._idle.pop().terminate()
        self.give_back(connection)
        return await self.take()

    async def close(self) -> None:
        """Let all connections go, also those in use and those that are just being made."""
        self._generation += 1
        for connection in [*self._taken]:
            connection.terminate()
        idle, self._idle = self._idle, []
        self._count -= len(idle)
        # One that does not answer any more keeps nobody from closing the others.
        farewells = (connection.close(timeout=database.CONNECT_TIMEOUT_S) for connection in idle)
        await asyncio.gather(*farewells, return_exceptions=True)

    async def fill(self) -> None:
        """Make all there may be, so that nobody has to wait for one in a burst."""
        while self._may_make():
            self.give_back(await self._make())

    def _may_make(self) -> bool:
        return self._count < self._size and not self._is_making

    async def _make(self) -> Any:
        """A new one, once it is this one's turn to make it."""
        self._is_making = True
        self._count += 1
        generation = self._generation
        try:
            connection = await self._connect()
        except BaseException:
            self._count -= 1
            raise
        finally:
            self._is_making = False
            self._let_make()
        self._taken[connection] = generation
        return connection

    async def _wait(self) -> Any:
        """Wait for one's turn. A semaphore and a timeout of asyncio's would take twice as long to do the same."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(turn)
        patience = loop.call_later(database.POOL_WAIT_S, _give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            # It may have been this one's turn at the same moment.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._refuse(turn.result())
            raise
        finally:
            patience.cancel()

    def _refuse(self, connection: Any) -> None:
        """Let somebody else have what one was given."""
        if connection is not None:
            self.give_back(connection)
        else:
            self._is_making = False
            self._let_make()

    def _let_make(self) -> None:
        """Let the one who waits longest make a connection, if another one may be made."""
        if self._may_make() and (turn := self._next()):
            self._is_making = True
            turn.set_result(None)

    def _next(self) -> asyncio.Future[Any] | None:
        """The one who waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                return turn
        return None

    def _pop(self) -> Any:
        """The one that was used last: its memory, here and at the server, is the warmest."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._count -= 1
        return None


def _give_up(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())
