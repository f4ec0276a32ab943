"""`gql-users schema`: print the API."""

from __future__ import annotations

import typer

from gql_users.graphql.schema import printed


def schema() -> None:
    """Print the GraphQL schema, sorted."""
    typer.echo(printed(), nl=False)
