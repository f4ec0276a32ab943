"""What became of the API since an earlier schema, as its clients see it."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import GraphQLError, build_schema, find_breaking_changes, find_dangerous_changes

from gql_users.graphql.schema import printed


@dataclass(frozen=True, slots=True)
class Comparison:
    """What breaks clients, and what may surprise them, each as a line of text."""

    breaking: list[str]
    dangerous: list[str]


def since(earlier: str) -> Comparison:
    """What has changed since a schema in the schema definition language. Raises ValueError when it is none."""
    try:
        old = build_schema(earlier)
    except (GraphQLError, TypeError) as error:
        raise ValueError(f"this is no schema: {error}".splitlines()[0]) from error
    new = build_schema(printed())
    return Comparison(
        breaking=[f"{each.type.name} {each.description}" for each in find_breaking_changes(old, new)],
        dangerous=[f"{each.type.name} {each.description}" for each in find_dangerous_changes(old, new)],
    )
