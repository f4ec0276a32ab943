"""What is refused because answering it, or only looking at it, would take too much."""

from __future__ import annotations

from graphql import GraphQLError


class TooComplexError(GraphQLError):
    """A document asks for more than one request may."""
