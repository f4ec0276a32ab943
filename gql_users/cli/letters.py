"""`gql-users letters`: what waits in the outbox, and what was given up."""

from __future__ import annotations

import asyncio

import typer

from gql_users.cli.serving import services
from gql_users.repositories.letters import Backlog
from gql_users.settings import Settings

letters = typer.Typer(help="Show how many letters wait, and what was given up.")


@letters.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """Show how many letters wait, and how many were given up, of which kind and why."""
    if context.invoked_subcommand is not None:
        return
    backlog = asyncio.run(_backlog(Settings()))
    since = f", the oldest since {backlog.oldest:%Y-%m-%d %H:%M:%S} UTC" if backlog.oldest is not None else ""
    typer.echo(f"{backlog.waiting} waiting{since}; {backlog.given_up} given up")
    for each in backlog.troubles:
        typer.echo(f"  {each.many} {each.kind}: {each.trouble}")


@letters.command("retry")
def retry() -> None:
    """Have letters that were given up sent, once what was wrong is mended."""
    typer.echo(f"{asyncio.run(_put_back(Settings()))} put back")


async def _backlog(settings: Settings) -> Backlog:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        return await wired.delivery.backlog()


async def _put_back(settings: Settings) -> int:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        return await wired.delivery.outbox.put_back()
