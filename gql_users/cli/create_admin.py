"""`gql-users create-admin`: the first admin, and any other."""

from __future__ import annotations

import asyncio
import secrets
import sys
from typing import Annotated

import typer

from gql_users.access import OPERATOR
from gql_users.cli.serving import services
from gql_users.models import User
from gql_users.services.accounts import Profile
from gql_users.settings import Settings


def create_admin(
    email: Annotated[str, typer.Option(help="The admin's e-mail address, to sign in with.")],
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from standard input instead of making one."),
    ] = False,
) -> None:
    """Make an account with admin rights. Without --password-stdin a random password is made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(18)
    user = asyncio.run(_create(Settings(), email, password))
    typer.echo(f"admin {user.email} has the number {user.id}")
    if not password_stdin:
        typer.echo(f"password: {password}")


async def _create(settings: Settings, email: str, password: str) -> User:
    async with services(settings) as wired:
        await wired.operation.require_ready()
        return await wired.administration.create(OPERATOR, email, Profile(), password=password, is_admin=True)
