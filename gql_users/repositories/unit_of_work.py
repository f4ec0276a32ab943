"""A unit of work: what is indented under it happens whole or not at all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from gql_users.errors import Unavailable
from gql_users.repositories.attempts import Attempts
from gql_users.repositories.database import Collision, plain_failures
from gql_users.repositories.driver import Driver
from gql_users.repositories.events import Events
from gql_users.repositories.letters import Letters
from gql_users.repositories.one_time_tokens import OneTimeTokens
from gql_users.repositories.sessions import Sessions
from gql_users.repositories.signing_keys import SigningKeys
from gql_users.repositories.transactions import Executor, Transaction
from gql_users.repositories.users import Users

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 3


class UnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, executor: Executor) -> None:
        self.users = Users(executor)
        self.sessions = Sessions(executor)
        self.events = Events(executor)
        self.attempts = Attempts(executor)
        self.signing_keys = SigningKeys(executor)
        self.letters = Letters(executor)
        self.one_time_tokens = OneTimeTokens(executor)


class UnitsOfWork:
    """Opens units of work. Never open one inside another: a small pool would wait for itself."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.changes_of_rights = 0
        """How often something was committed here that may have ended a session or changed what somebody may do."""

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        """A transaction: committed at the end of the block, before anybody is told; rolled back by any exception."""
        with plain_failures():
            async with self._driver.transaction() as transaction:
                work = UnitOfWork(transaction)
                yield work
                try:
                    await _commit(transaction)
                finally:  # where nobody knows what became of it, too
                    self.changes_of_rights += work.users.has_changed_rights or work.sessions.has_ended_some

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit that only reads: each statement sees the latest committed state, and holds a connection no longer."""
        yield UnitOfWork(self._driver)


async def _commit(transaction: Transaction) -> None:
    try:
        with plain_failures():
            await transaction.commit()
    except Collision as error:
        if transaction.is_undone():
            raise
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
