"""Facts about paging through everybody: who may, how much, and what a page tells of its place."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from gql_users.access import OPERATOR
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.door import Door, Person, SettableClock

BY_NUMBER = {"field": "ID", "direction": "ASC"}
PAGE = """query (
    $first: Int, $after: String, $last: Int, $before: String, $filter: UserFilter, $orderBy: UserOrder
) {
    users(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
        nodes { databaseId } edges { cursor node { databaseId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""
NONSENSE = [{"first": -1}, {"last": -1}, {"first": 101}, {"last": 101}, {"first": 1, "last": 1}, {"first": 2**31}]


async def people(services: Services, count: int) -> list[int]:
    """The numbers of as many new people."""
    made = [await services.administration.create(OPERATOR, f"p{n}@example.com", Profile()) for n in range(count)]
    return [user.id for user in made]


async def page(door: Door, **wanted: object) -> Any:
    """A page by number, the smallest first."""
    return (await door.ask(PAGE, orderBy=BY_NUMBER, **wanted))["users"]


def numbers(found: Any) -> list[int]:
    """Who is on a page."""
    return [node["databaseId"] for node in found["nodes"]]


async def test_only_admins_page_through_everybody(door: Door, a_member: Person, as_admin: Door) -> None:
    strangers = (await door.answer("{ users { totalCount } }")).json()
    members = (await door.as_(a_member).answer("{ users { totalCount } }")).json()
    admins = await as_admin.ask("{ users { totalCount } }")

    assert strangers["data"] == members["data"] == {"users": None}
    assert [error["extensions"] for error in strangers["errors"]] == [{"code": "UNAUTHENTICATED"}]
    assert [error["extensions"] for error in members["errors"]] == [{"code": "FORBIDDEN"}]
    assert admins == {"users": {"totalCount": 2}}


async def test_twenty_come_unless_told_otherwise(as_admin: Door, an_admin: Person, services: Services) -> None:
    everybody = [an_admin.database_id, *await people(services, 24)]

    assert numbers(await page(as_admin)) == everybody[:20]
    assert numbers(await page(as_admin, first=100)) == everybody
    assert numbers(await page(as_admin, last=100)) == everybody


async def test_the_newest_come_first_when_nothing_is_said(
    as_admin: Door, an_admin: Person, services: Services, clock: SettableClock
) -> None:
    made = await people(services, 2)
    clock.advance(timedelta(microseconds=-1))
    oldest = await services.administration.create(OPERATOR, "oldest@example.com", Profile())

    found = (await as_admin.ask("{ users { nodes { databaseId } } }"))["users"]

    assert numbers(found) == [*reversed(made), an_admin.database_id, oldest.id]


async def test_last_without_before_is_the_end_of_the_list(as_admin: Door, services: Services) -> None:
    made = await people(services, 5)

    found = await page(as_admin, last=2)

    assert numbers(found) == made[-2:]
    assert (found["pageInfo"]["hasPreviousPage"], found["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize("wanted", NONSENSE, ids=str)
async def test_a_page_that_makes_no_sense_is_refused(as_admin: Door, wanted: dict[str, int]) -> None:
    error = await as_admin.refused(PAGE, **wanted)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_before_alone_is_refused(as_admin: Door) -> None:
    cursor = (await page(as_admin))["pageInfo"]["startCursor"]

    error = await as_admin.refused(PAGE, before=cursor, orderBy=BY_NUMBER)

    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_edges_and_nodes_and_cursors_tell_the_same(as_admin: Door, services: Services) -> None:
    await people(services, 3)

    found = await page(as_admin)

    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    assert found["pageInfo"]["startCursor"] == found["edges"][0]["cursor"]
    assert found["pageInfo"]["endCursor"] == found["edges"][-1]["cursor"]
    assert len({edge["cursor"] for edge in found["edges"]}) == 4


async def test_a_page_knows_what_lies_on_both_sides_of_it(as_admin: Door, an_admin: Person, services: Services) -> None:
    rows = [an_admin.database_id, *await people(services, 3)]
    cursors = [edge["cursor"] for edge in (await page(as_admin))["edges"]]

    for after, before, size, backward in product([None, *range(4)], [None, *range(4)], [0, 1, 2, 9], [False, True]):
        bounds = {
            "after": None if after is None else cursors[after],
            "before": None if before is None else cursors[before],
        }
        found = await page(as_admin, **bounds, **({"last": size} if backward else {"first": size}))

        start, end = 0 if after is None else after + 1, 4 if before is None else before
        low, high = (max(end - size, start), end) if backward else (start, min(start + size, end))
        place = (after, before, size, backward)
        assert numbers(found) == rows[low:high], place
        assert found["pageInfo"]["hasPreviousPage"] == (low > 0), place
        assert found["pageInfo"]["hasNextPage"] == (high < 4), place
        assert (found["pageInfo"]["startCursor"] is None) == (low >= high), place


async def test_nothing_lies_before_a_page_when_what_did_was_removed(as_admin: Door, services: Services) -> None:
    made = await people(services, 2)
    first = (await page(as_admin, filter={"isAdmin": False}))["edges"][0]["cursor"]
    await services.administration.delete(OPERATOR, made[0])

    found = await page(as_admin, after=first, filter={"isAdmin": False})

    assert numbers(found) == made[1:]
    assert found["pageInfo"]["hasPreviousPage"] is False


async def test_a_page_costs_one_statement_empty_or_not(
    as_admin: Door, services: Services, statements: list[str]
) -> None:
    await people(services, 5)
    cursors = [edge["cursor"] for edge in (await page(as_admin))["edges"]]

    asked: list[dict[str, object]] = [
        {},
        {"first": 2, "after": cursors[2], "before": cursors[5]},
        {"last": 2, "before": cursors[3]},
        {"after": cursors[-1]},
        {"filter": {"or": []}},
    ]
    for wanted in asked:
        statements.clear()
        await page(as_admin, **wanted)
        assert len(statements) == 1, wanted


async def test_the_whole_is_counted_only_when_asked_for(
    as_admin: Door, services: Services, statements: list[str]
) -> None:
    await people(services, 3)
    statements.clear()

    await as_admin.ask("{ users(first: 1) { nodes { id } } }")
    assert ["count(" in statement for statement in statements] == [False]
    statements.clear()

    counted = await as_admin.ask("{ users(first: 1, filter: {isAdmin: false}) { totalCount } }")

    assert counted == {"users": {"totalCount": 3}}
    assert sorted("count(" in statement for statement in statements) == [False, True]
