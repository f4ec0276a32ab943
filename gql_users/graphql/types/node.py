"""Anything with an id that can be fetched again by it."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="Anything that can be fetched again by its id.")
class Node:
    """Relay's Node."""

    id: strawberry.ID = strawberry.field(description="Opaque, unique across all types.")
