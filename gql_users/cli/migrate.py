"""`gql-users migrate`: bring the database to this version."""

from __future__ import annotations

import asyncio

import typer

from gql_users.cli.serving import services
from gql_users.settings import Settings


def migrate() -> None:
    """Bring the database to this version. Safe to run from several places at once."""
    applied = asyncio.run(_migrate(Settings()))
    typer.echo("\n".join(f"applied {revision}" for revision in applied) or "nothing to apply")


async def _migrate(settings: Settings) -> list[str]:
    async with services(settings) as wired:
        return await wired.operation.migrate()
