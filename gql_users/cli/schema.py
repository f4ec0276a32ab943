"""`gql-users schema`: print the API, or what became of it."""

from __future__ import annotations

from typing import Annotated

import typer


def schema(
    diff: Annotated[
        typer.FileText | None,
        typer.Option(
            help="Name what has changed for clients since this earlier schema, instead; `-` reads it from the input. "
            "The exit code is 1 where something breaks them.",
            encoding="utf-8",
        ),
    ] = None,
) -> None:
    """Print the GraphQL schema, sorted."""
    from gql_users.graphql.schema import printed  # noqa: PLC0415 - other commands start a third sooner without it

    if diff is None:
        typer.echo(printed(), nl=False)
    else:
        _compare(diff.read())


def _compare(earlier: str) -> None:
    from gql_users.graphql.comparison import since  # noqa: PLC0415 - as above

    try:
        changes = since(earlier)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--diff") from None
    for change in changes.breaking:
        typer.echo(f"breaks clients: {change}")
    for change in changes.dangerous:
        typer.echo(f"may surprise clients: {change}")
    if not changes.breaking and not changes.dangerous:
        typer.echo("nothing has changed that a client could stumble over")
    raise typer.Exit(1 if changes.breaking else 0)
