"""Walking through the list of everybody at the GraphQL door, a hundred at a time, from either end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from gql_users.criteria import Order
from proofs.orderings import asked_for
from tests.door import Door

STEP = 100
PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $order: UserOrder) {
  users(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
    nodes { databaseId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """The numbers of those on a page, in the order walked, and whether it says that somebody lies behind the walker."""

    numbers: list[int]
    says_more_behind: bool


async def forward(door: Door, order: Order) -> AsyncIterator[Page]:
    """Page after page, from the first to the last."""
    after, there_is_more = None, True
    while there_is_more:
        users = (await door.ask(PAGE, first=STEP, after=after, order=asked_for(order)))["users"]
        info = users["pageInfo"]
        after, there_is_more = info["endCursor"], info["hasNextPage"]
        yield Page([user["databaseId"] for user in users["nodes"]], info["hasPreviousPage"])


async def backward(door: Door, order: Order) -> AsyncIterator[Page]:
    """Page before page, from the last to the first."""
    before, there_is_more = None, True
    while there_is_more:
        users = (await door.ask(PAGE, last=STEP, before=before, order=asked_for(order)))["users"]
        info = users["pageInfo"]
        before, there_is_more = info["startCursor"], info["hasPreviousPage"]
        yield Page([user["databaseId"] for user in users["nodes"]][::-1], info["hasNextPage"])
