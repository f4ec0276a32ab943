"""`gql-users letters`: what waits in the outbox."""

from __future__ import annotations

import asyncio

import typer

from gql_users.cli.serving import services
from gql_users.repositories.letters import Backlog
from gql_users.settings import Settings


def letters() -> None:
    """Show how many letters wait, and how many were given up."""
    backlog = asyncio.run(_backlog(Settings()))
    since = f", the oldest since {backlog.oldest:%Y-%m-%d %H:%M:%S} UTC" if backlog.oldest is not None else ""
    typer.echo(f"{backlog.waiting} waiting{since}; {backlog.given_up} given up")


async def _backlog(settings: Settings) -> Backlog:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        return await wired.delivery.backlog()
