"""`gql-users keys`: the keys that sign access tokens."""

from __future__ import annotations

import asyncio

import typer

from gql_users.access import OPERATOR
from gql_users.cli.serving import services
from gql_users.services.signing_keys import KeyFacts
from gql_users.settings import Settings

keys = typer.Typer(help="The keys that sign access tokens.", no_args_is_help=True)


@keys.command("list")
def list_keys() -> None:
    """Show every key: its name, how it signs, and since when it is what it is."""
    for key in asyncio.run(_list(Settings())):
        since = key.retired_at or key.activated_at or key.created_at
        typer.echo(f"{key.kid}  {key.algorithm:6}  {key.state:8}  since {since:%Y-%m-%d %H:%M:%S} UTC")


@keys.command("rotate")
def rotate() -> None:
    """Sign with the next key from now on. What the present one signed stays good until it expires."""
    typer.echo(f"signing with {asyncio.run(_rotate(Settings()))}")


async def _list(settings: Settings) -> list[KeyFacts]:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        return [*await wired.signing_keys.list(OPERATOR)]


async def _rotate(settings: Settings) -> str:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        return await wired.signing_keys.rotate(OPERATOR)
