"""How tests have Alembic do something to a database, by the service's own configuration."""

from __future__ import annotations

from collections.abc import Callable

from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users.repositories.migrations import configuration


async def alembic(engine: AsyncEngine, deed: Callable[[Config], object]) -> None:
    """Have Alembic do something to a database."""

    def do(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        deed(config)

    async with engine.begin() as connection:
        await connection.run_sync(do)
