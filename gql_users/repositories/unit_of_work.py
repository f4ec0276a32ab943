"""A unit of work: what is indented under it happens whole or not at all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from gql_users.errors import Unavailable
from gql_users.repositories.attempts import Attempts
from gql_users.repositories.database import Collision, plain_failures
from gql_users.repositories.events import Events
from gql_users.repositories.letters import Letters
from gql_users.repositories.one_time_tokens import OneTimeTokens
from gql_users.repositories.sessions import Sessions
from gql_users.repositories.signing_keys import SigningKeys
from gql_users.repositories.users import Users

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 3


class UnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.users = Users(session)
        self.sessions = Sessions(session)
        self.events = Events(session)
        self.attempts = Attempts(session)
        self.signing_keys = SigningKeys(session)
        self.letters = Letters(session)
        self.one_time_tokens = OneTimeTokens(session)


class UnitsOfWork:
    """Opens units of work. Never open one inside another: a small pool would wait for itself."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._writing = engine
        self.changes_of_rights = 0
        # One statement is its own transaction: no BEGIN and no ROLLBACK to pay for.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        # SQLite lets one writer in at a time and has the others sleep and try again, in no order: in a burst some wait
        # for seconds, each with a connection that others want. Here they queue in order, and hold nothing meanwhile.
        self._turn: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        """A transaction: committed at the end of the block, before anybody is told; rolled back by any exception."""
        with plain_failures():
            async with self._turn, AsyncSession(self._writing, expire_on_commit=False, autoflush=False) as session:
                yield UnitOfWork(session)
                await _commit(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit that only reads: each statement sees the latest committed state."""
        with plain_failures():
            async with AsyncSession(self._reading, expire_on_commit=False, autoflush=False) as session:
                yield UnitOfWork(session)


async def _commit(session: AsyncSession) -> None:
    try:
        with plain_failures():
            await session.commit()
    except Collision as error:
        # COMMIT was sent, and nobody knows what became of it: doing it again could do it twice.
        raise Unavailable from error


def repeated_on_collision(deed: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Do a use case again, up to three times in all, when it collided with another transaction before its commit."""

    @wraps(deed)
    async def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return await deed(*args, **kwargs)
            except Collision:
                await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - spreads, hides nothing
        return await deed(*args, **kwargs)

    return repeated
