"""How Alembic reaches the database: over the service's own connection, or by its settings on the command line."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection

from gql_users.models import Base
from gql_users.repositories.database import connect
from gql_users.settings import Settings


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what only some databases can have: the trigram indexes need an extension."""
    return not (kind == "index" and (name or "").endswith("_trigrams"))


def migrate(connection: Connection) -> None:
    """Run what the command asks for, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    """For the `alembic` command: a connection of our own."""
    engine = connect(Settings())
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Migrations look at the database they change, so they cannot be written out as SQL.")
given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate())
