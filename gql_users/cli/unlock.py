"""`gql-users unlock`: let somebody try again at once."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Annotated

import typer

from gql_users.access import OPERATOR
from gql_users.cli.serving import services
from gql_users.errors import NotFound
from gql_users.settings import Settings


def _be_an_address(value: str | None) -> str | None:
    try:
        return str(ip_address(value)) if value else None
    except ValueError:
        raise typer.BadParameter("this is no IP address") from None


def unlock(
    email: Annotated[str | None, typer.Option(help="The account of this address, tried from anywhere.")] = None,
    username: Annotated[str | None, typer.Option(help="Or of this username.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Whatever was tried from this IP address.", callback=_be_an_address)
    ] = None,
) -> None:
    """Forget wrong passwords, so that the next try need not wait."""
    if not (email or username or address):
        raise typer.BadParameter("name what to unlock: --email, --username or --address")
    asyncio.run(_unlock(Settings(), email, username, address))
    typer.echo("unlocked")


async def _unlock(settings: Settings, email: str | None, username: str | None, address: str | None) -> None:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        named = []
        if email:
            named.append(await wired.directory.find_by_email(OPERATOR, email))
        if username:
            named.append(await wired.directory.find_by_username(OPERATOR, username))
        users = [user for user in named if user is not None]
        if len(users) < len(named):
            raise NotFound
        for user in users:
            await wired.administration.unlock(OPERATOR, user.id)
        if address:
            await wired.administration.unlock_network(OPERATOR, address)
