"""Operation: is the service fit to answer, and how it is brought up and down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from gql_users.errors import Unavailable
from gql_users.repositories.migrations import Migrations
from gql_users.security.passwords import Passwords


@dataclass(frozen=True, slots=True)
class Operation:
    """What those who run the service ask of it."""

    migrations: Migrations
    hasher: Passwords
    connect: Callable[[], Awaitable[None]]
    disconnect: Sequence[Callable[[], Awaitable[None]]]

    async def require_ready(self) -> None:
        """Raises Unavailable unless the database answers and its tables are those this version expects."""
        if await self.migrations.current() != self.migrations.head():
            raise Unavailable("The database is not at this version's migration. Run `gql-users migrate`.")

    async def migrate(self) -> list[str]:
        """Bring the tables to this version. The names of the revisions that were applied. Raises Unavailable."""
        return await self.migrations.upgrade()

    async def warm_up(self) -> None:
        """Connect before anybody waits for it; where the database is away, whoever asks first does."""
        with suppress(Unavailable):
            await self.connect()

    async def close(self) -> None:
        """Let connections and threads go."""
        self.hasher.close()
        for letting_go in self.disconnect:
            await letting_go()
