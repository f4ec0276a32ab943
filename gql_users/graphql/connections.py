"""A page, as a Relay connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import repeat
from typing import Any, Generic, TypeVar

import strawberry

from gql_users.graphql.context import Info
from gql_users.graphql.execution.plans.selections import selected
from gql_users.paging import Page, PageRequest

Node = TypeVar("Node")
Row = TypeVar("Row")


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

    edges: list[Edge[Node]] = strawberry.field(description="The entries with their cursors.")
    nodes: list[Node] = strawberry.field(description="The entries alone.")
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
    info: Info, kind: type[Node], page: Page[Row], see: Callable[[Row], Node], count: Callable[[], Awaitable[int]]
) -> Connection[Node]:
    """The page with each row as clients `see` it, and a way to count the whole list.

    Edges and cursors are made where they are asked for: what was not selected is never looked at.
    """
    nodes = [see(row) for row in page.items]
    asked = selected(info, "PageInfo")
    with_edges = "edges" in selected(info, f"{kind.__name__}Connection")
    with_cursors = "cursor" in selected(info, f"{kind.__name__}Edge")
    return Connection(
        edges=_edges(page, nodes, with_cursors=with_cursors) if with_edges else [],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursor(page.items[0]) if page.items and "startCursor" in asked else None,
            end_cursor=page.cursor(page.items[-1]) if page.items and "endCursor" in asked else None,
        ),
        count=count,
    )


def _edges(page: Page[Row], nodes: Sequence[Node], *, with_cursors: bool) -> list[Edge[Node]]:
    cursors = map(page.cursor, page.items) if with_cursors else repeat("")
    return [Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=False)]
