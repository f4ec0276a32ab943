"""Bringing the tables to the version that the code expects, safely when several start at once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users.errors import Unavailable
from gql_users.repositories.database import plain_failures

_PACKAGE = Path(__file__).parent.parent

# Any number will do, as long as nothing else in the database takes it.
_ADVISORY_LOCK = 7_420_190_331
_WAIT_FOR_OTHERS = "120s"
_LOCK_TIMEOUT = "5s"
_STATEMENT_TIMEOUT = "15min"


class Migrations:
    """The migrations in `migrations/`, applied to one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @cached_property
    def _scripts(self) -> ScriptDirectory:
        return ScriptDirectory.from_config(configuration())

    def head(self) -> str:
        """The revision this version of the code expects."""
        head = self._scripts.get_current_head()
        if head is None:
            raise RuntimeError("the package carries no migrations")
        return head

    async def current(self) -> str | None:
        """The revision the database is at; None when it is empty. Raises Unavailable."""
        # Looking must not wait for those who write, and on SQLite a transaction would.
        reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with plain_failures():
            async with reading.connect() as connection:
                return await connection.run_sync(_revision)

    async def upgrade(self) -> list[str]:
        """Apply what is missing, all of it or nothing. What was applied, in order. Raises Unavailable.

        Several may do so at once: one applies, the others wait and then find nothing to do.
        """
        with plain_failures():
            async with self._engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    await connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_OTHERS}'"))
                    await connection.execute(text(f"SET LOCAL statement_timeout = '{_STATEMENT_TIMEOUT}'"))
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                    # A migration that cannot get its lock soon would hold up everybody who comes after it.
                    await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
                # On SQLite the first statement begins the transaction, and one writer is let in at a time.
                before = await connection.run_sync(_revision)
                try:
                    await connection.run_sync(_upgrade)
                except CommandError as error:
                    raise Unavailable("The database is at a revision that this version does not know.") from error
                await connection.commit()
        applied = [script.revision for script in self._scripts.iterate_revisions("head", before or "base")]
        return applied[::-1]


def configuration() -> Config:
    """Alembic's configuration. The folder is beside the package in the repository, and inside it in the wheel."""
    inside, beside = _PACKAGE / "migrations", _PACKAGE.parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(inside if inside.is_dir() else beside).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
