"""A pool of connections to PostgreSQL that costs next to nothing to take one from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from gql_users.repositories import database


class Pool:
    """At most `size` connections, made when they are needed, kept, and waited for in order.

    Nothing is sent when one is taken or given back: who takes one leaves it as it was.
    """

    def __init__(self, connect: Callable[[], Awaitable[Any]], size: int) -> None:
        self._connect = connect
        self._free = size
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._idle: list[Any] = []
        # Those that somebody has, and how often all had been let go when they were taken.
        self._taken: dict[Any, int] = {}
        self._generation = 0

    async def take(self) -> Any:
        """An open connection, for nobody else until it is given back. Raises TimeoutError when none becomes free."""
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        generation = self._generation
        try:
            connection = self._pop() or await self._connect()
        except BaseException:
            self._let_in()
            raise
        self._taken[connection] = generation
        return connection

    def give_back(self, connection: Any) -> None:
        """Let others have it, unless it is closed, or was to be, or is not as it was taken."""
        generation = self._taken.pop(connection)
        if not connection.is_closed():
            if generation == self._generation and not connection.is_in_transaction():
                self._idle.append(connection)
            else:
                connection.terminate()
        self._let_in()

    async def renew(self, connection: Any) -> Any:
        """Another one, made now, in the place of one that turned out to be closed.

        What ended one has most likely ended all, so those that nobody uses are not trusted any more.
        """
        while self._idle:
            self._idle.pop().terminate()
        generation = self._generation
        renewed = await self._connect()
        del self._taken[connection]
        self._taken[renewed] = generation
        return renewed

    async def close(self) -> None:
        """Let all connections go, also those in use and those that are just being made."""
        self._generation += 1
        for connection in [*self._taken]:
            connection.terminate()
        idle, self._idle = self._idle, []
        # One that does not answer any more keeps nobody from closing the others.
        farewells = (connection.close(timeout=database.CONNECT_TIMEOUT_S) for connection in idle)
        await asyncio.gather(*farewells, return_exceptions=True)

    async def _wait(self) -> None:
        """Wait for one's turn. A semaphore and a timeout of asyncio's would take twice as long to do the same."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        patience = loop.call_later(database.POOL_WAIT_S, _give_up, turn)
        try:
            await turn
        except asyncio.CancelledError:
            # It may have been this one's turn at the same moment.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._let_in()
            raise
        finally:
            patience.cancel()

    def _let_in(self) -> None:
        """Let the one who waits longest have a connection, or whoever comes next."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _pop(self) -> Any:
        """The one that was used last: its memory, here and at the server, is the warmest."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None


def _give_up(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())
