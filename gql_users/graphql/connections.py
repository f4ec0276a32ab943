"""A page, as a Relay connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.execution.plans.derived import Derivation, Derived
from gql_users.graphql.execution.plans.selections import selected
from gql_users.paging import Page, PageRequest

Node = TypeVar("Node")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(
        description="Whether there is more after this page, whichever way it was reached."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether there is more before this page, whichever way it was reached."
    )
    start_cursor: str | None = strawberry.field(description="The cursor of the first entry, for `before`.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last entry, for `after`.")


@strawberry.type(description="An entry of a page.")
class Edge(Generic[Node]):
    """Relay's Edge."""

    cursor: str = strawberry.field(description="Where the entry stands; opaque, good for this order and filter.")
    node: Node = strawberry.field(description="The entry itself.")


async def _count(root: Any) -> int:
    """Counts by a statement of its own."""
    return int(await root.count())


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """Relay's Connection."""

    edges: Sequence[Edge[Node]] = strawberry.field(description="The entries with their cursors.")
    nodes: Sequence[Node] = strawberry.field(description="The entries alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")
    total_count: int = strawberry.field(
        resolver=_count, description="How many entries the whole list has. Counted only when asked for."
    )
    count: strawberry.Private[Callable[[], Awaitable[int]]]


def request(info: Info, first: int | None, after: str | None, last: int | None, before: str | None) -> PageRequest:
    """The page that is asked for by these arguments of the field, and by what is selected of its `pageInfo`."""
    asked = selected(info, "PageInfo")
    return PageRequest(
        first, after, last, before, tells_next="hasNextPage" in asked, tells_previous="hasPreviousPage" in asked
    )


def connection(
    info: Info, page: Page[Any], see: Derivation[Node], count: Callable[[], Awaitable[int]], *given: object
) -> Connection[Node]:
    """The page with each row as clients `see` it, by what is `given` to all of them, and a way to count the whole list.

    Cursors are made where they are asked for: what was not selected is never looked at.
    """
    asked = selected(info, "PageInfo")
    edge = _edge(see, with_cursor="cursor" in selected(info, f"{see.kind.__name__}Edge"))
    return Connection(
        edges=Derived(edge, page.items, page.cursor, *given),
        nodes=Derived(see, page.items, *given),
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursor(page.items[0]) if page.items and "startCursor" in asked else None,
            end_cursor=page.cursor(page.items[-1]) if page.items and "endCursor" in asked else None,
        ),
        count=count,
    )


@lru_cache(512)
def _edge(see: Derivation[Node], *, with_cursor: bool) -> Derivation[Edge[Node]]:
    cursor = {"cursor": "{cursor}({row})"} if with_cursor else {}
    return Derivation(Edge, {"node": see, **cursor}, given=["cursor", *see.given])
