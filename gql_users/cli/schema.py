"""`gql-users schema`: print the API."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the GraphQL schema, sorted."""
    from gql_users.graphql.schema import printed  # noqa: PLC0415 - other commands start a third sooner without it

    typer.echo(printed(), nl=False)
