"""The command line: `gql-users`, one file per command."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from gql_users.cli.create_admin import create_admin
from gql_users.cli.keys import keys
from gql_users.cli.letters import letters
from gql_users.cli.migrate import migrate
from gql_users.cli.schema import schema
from gql_users.cli.serve import serve
from gql_users.cli.unlock import unlock
from gql_users.cli.worker import worker
from gql_users.errors import Refusal, Unavailable
from gql_users.settings import MisconfiguredError

cli = typer.Typer(
    name="gql-users",
    help="A GraphQL user-management service. Settings come from GQL_USERS_… variables or a .env file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (serve, worker, migrate, create_admin, unlock, schema):
    cli.command()(command)
cli.add_typer(letters, name="letters")
cli.add_typer(keys, name="keys")


def run() -> None:
    """Run the command line. What a person can mend is said in one line, with exit code 1."""
    try:
        cli()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            setting = "_".join(map(str, problem["loc"])).upper()
            prefix = f"GQL_USERS_{setting}: " if setting else ""
            typer.echo(f"gql-users: {prefix}{problem['msg'].removeprefix('Value error, ')}", err=True)
        sys.exit(1)
    except Unavailable as refusal:
        hint = "The database does not answer, or takes no changes. Is GQL_USERS_DATABASE_URL right?"
        typer.echo(f"gql-users: {hint if refusal.message == Unavailable.message else refusal.message}", err=True)
        sys.exit(1)
    except (MisconfiguredError, OSError) as error:
        typer.echo(f"gql-users: {error}", err=True)
        sys.exit(1)
    except Refusal as refusal:
        for each in refusal.each():
            field = f"{each.field[-1]}: " if each.field else ""
            typer.echo(f"gql-users: {field}{each.message}", err=True)
        sys.exit(1)
