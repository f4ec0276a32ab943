"""Lookups that travel together: what many ask for at the same moment is one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from gql_users.errors import Unavailable

Key = TypeVar("Key")
Found = TypeVar("Found")

# What a statement may ask for at most, and how many may be under way before the next one waits for one of them.
MOST_KEYS = 500
MOST_UNDER_WAY = 2
# One that takes longer than usual is not waited for.
PATIENCE_S = 0.02


class Together(Generic[Key, Found]):
    """Looks up by key, for all who ask in the same turn of the event loop or while other lookups are under way.

    A statement begins after everybody asked whom it answers, so nobody is told anything older than their question.
    """

    def __init__(self, look_up: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Found]]]) -> None:
        self._look_up = look_up
        self._waiting: list[tuple[Key, asyncio.Future[Found | None]]] = []
        self._under_way: set[asyncio.Task[None]] = set()

    def find(self, key: Key) -> asyncio.Future[Found | None]:
        """What has this key, if anything. Raises what the statement raises."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found | None] = loop.create_future()
        if not self._waiting:
            if len(self._under_way) < MOST_UNDER_WAY:
                loop.call_soon(self._begin)
            else:
                loop.call_later(PATIENCE_S, self._begin)
        self._waiting.append((key, answer))
        return answer

    def _begin(self) -> None:
        """Look up what is waited for, in as many statements as it takes."""
        while self._waiting:
            asked, self._waiting = self._waiting[:MOST_KEYS], self._waiting[MOST_KEYS:]
            # A task of its own: whoever asked first may be cancelled, and the others are not.
            self._under_way.add(asyncio.create_task(self._answer(asked)))

    async def _answer(self, asked: Sequence[tuple[Key, asyncio.Future[Found | None]]]) -> None:
        try:
            found = await self._look_up([key for key, _ in asked])
        except Exception as error:  # it is raised again where it is waited for
            _fail(asked, error)
        except BaseException:
            _fail(asked, Unavailable())
            raise
        else:
            for key, answer in asked:
                if not answer.done():  # as it is when whoever asked was cancelled
                    answer.set_result(found.get(key))
        finally:
            self._under_way.discard(asyncio.current_task())
            self._begin()


def _fail(asked: Sequence[tuple[Key, asyncio.Future[Found | None]]], error: Exception) -> None:
    for _, answer in asked:
        if not answer.done():
            answer.set_exception(error)
