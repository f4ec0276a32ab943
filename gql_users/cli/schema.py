"""`gql-users schema`: print the API, or what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from graphql import GraphQLError, GraphQLSchema, build_schema, find_breaking_changes, find_dangerous_changes
from graphql.utilities import BreakingChange, DangerousChange

from gql_users.graphql.schema import printed


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
    if diff is None:
        typer.echo(printed(), nl=False)
    else:
        _compare(_read(diff.read()), build_schema(printed()))


def _read(text: str) -> GraphQLSchema:
    try:
        return build_schema(text)
    except (GraphQLError, TypeError) as error:
        raise typer.BadParameter(f"this is no schema: {error}".splitlines()[0], param_hint="--diff") from None


def _compare(old: GraphQLSchema, new: GraphQLSchema) -> None:
    breaking, dangerous = find_breaking_changes(old, new), find_dangerous_changes(old, new)
    _show("breaks clients", breaking)
    _show("may surprise clients", dangerous)
    if not breaking and not dangerous:
        typer.echo("nothing has changed that a client could stumble over")
    raise typer.Exit(1 if breaking else 0)


def _show(what: str, changes: Iterable[BreakingChange | DangerousChange]) -> None:
    for change in changes:
        typer.echo(f"{what}: {change.type.name} {change.description}")
