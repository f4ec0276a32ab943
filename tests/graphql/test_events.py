"""Facts about reading what has happened: who may, what a filter leaves, and what a page tells of its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gql_users.events import EventKind
from gql_users.graphql.ids import global_id
from tests.door import Door, Person, SettableClock

EVENT = "id kind occurredAt actor { databaseId } user { databaseId }"
PAGE = f"""query ($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {{
    events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {{
        nodes {{ {EVENT} }} edges {{ cursor node {{ id }} }} totalCount
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    }}
}}"""
OWN = "query ($after: String) { me { events(after: $after) { totalCount nodes { id kind } edges { cursor } } } }"


@pytest.fixture
async def a_history(
    door: Door, a_member: Person, another_member: Person, an_admin: Person, clock: SettableClock
) -> list[Any]:
    """All that has happened, the newest first: a minute between any two of the last deeds."""
    deeds: list[tuple[Person, str, dict[str, Any]]] = [
        (a_member, "patchUser", {"id": a_member.id, "age": 30}),
        (an_admin, "patchUser", {"id": a_member.id, "age": 31}),
        (another_member, "refresh", {"refreshToken": another_member.refresh_token}),
        (an_admin, "patchUser", {"id": an_admin.id, "age": 32}),
        (an_admin, "setUserAdmin", {"id": another_member.id, "isAdmin": True}),
    ]
    for person, deed, given in deeds:
        clock.advance(timedelta(minutes=1))
        await door.as_(person).done(deed, given)
    everything: list[Any] = (await page(door.as_(an_admin), first=100))["nodes"]
    return everything


async def page(door: Door, **wanted: object) -> Any:
    """A page of what has happened to anybody."""
    return (await door.ask(PAGE, **wanted))["events"]


def ids(found: list[Any]) -> list[str]:
    """Which events these are."""
    return [event["id"] for event in found]


async def test_only_admins_read_what_happened_to_everybody(door: Door, as_member: Door, as_admin: Door) -> None:
    query = "{ events { totalCount } }"

    assert (await door.refused(query))["extensions"] == {"code": "UNAUTHENTICATED"}
    assert (await as_member.refused(query))["extensions"] == {"code": "FORBIDDEN"}
    assert (await as_admin.ask(query))["events"]["totalCount"] > 0


async def test_members_read_what_happened_to_themselves(door: Door, a_member: Person, a_history: list[Any]) -> None:
    own = (await door.as_(a_member).ask(OWN))["me"]["events"]

    about = [event for event in a_history if event["user"] == {"databaseId": a_member.database_id}]
    assert ids(own["nodes"]) == ids(about)
    assert own["totalCount"] == len(about) == 3


async def test_a_filter_leaves_what_matches(
    as_admin: Door, an_admin: Person, a_member: Person, a_history: list[Any]
) -> None:
    a_moment = a_history[2]["occurredAt"]
    kinds = ["PROFILE_CHANGED", "REFRESHED"]
    conditions: list[tuple[dict[str, Any], Any]] = [
        ({"kinds": kinds}, lambda event: event["kind"] in kinds),
        ({"kinds": []}, lambda _: False),
        ({"userId": a_member.id}, lambda event: event["user"] == {"databaseId": a_member.database_id}),
        ({"actorId": an_admin.id}, lambda event: event["actor"] == {"databaseId": an_admin.database_id}),
        ({"occurredAt": {"gte": a_moment}}, lambda event: event["occurredAt"] >= a_moment),
        ({"occurredAt": {"lt": a_moment}}, lambda event: event["occurredAt"] < a_moment),
        ({"userId": "nonsense"}, lambda _: False),
        ({"userId": global_id("User", 2**63)}, lambda _: False),
        ({"actorId": global_id("User", 10**19 - 1)}, lambda _: False),
        ({"actorId": global_id("User", 999_999)}, lambda _: False),
    ]

    # Each alone, and each together with each other one.
    for one, matches in conditions:
        for other, matches_too in conditions:
            if one is not other and one.keys() == other.keys():
                continue
            found = await page(as_admin, first=100, filter=one | other)
            due = [event for event in a_history if matches(event) and matches_too(event)]
            assert found["nodes"] == due, (one, other)
            assert found["totalCount"] == len(due)


async def test_a_span_of_time_begins_with_its_first_moment_and_ends_before_its_last(
    as_admin: Door, a_history: list[Any]
) -> None:
    third, second, first = (event["occurredAt"] for event in a_history[:3])

    found = await page(as_admin, filter={"occurredAt": {"gte": first, "lt": third}})

    assert [event["occurredAt"] for event in found["nodes"]] == [second, first]


async def test_pages_meet_everything_once_from_either_end(as_admin: Door, a_history: list[Any]) -> None:
    forward: list[str] = []
    after, has_next = None, True
    while has_next:
        found = await page(as_admin, first=2, after=after)
        assert found["pageInfo"]["hasPreviousPage"] is bool(forward)
        assert found["totalCount"] == len(a_history)
        forward += ids(found["nodes"])
        after, has_next = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    backward: list[str] = []
    before, has_previous = None, True
    while has_previous:
        found = await page(as_admin, last=2, before=before)
        assert found["pageInfo"]["hasNextPage"] is bool(backward)
        backward = ids(found["nodes"]) + backward
        before, has_previous = found["pageInfo"]["startCursor"], found["pageInfo"]["hasPreviousPage"]

    assert forward == backward == ids(a_history)


async def test_a_cursor_is_good_for_the_conditions_it_came_from_whatever_their_values(
    as_admin: Door, a_member: Person, another_member: Person, a_history: list[Any]
) -> None:
    cursor = (await page(as_admin, filter={"userId": a_member.id}))["pageInfo"]["endCursor"]

    assert await page(as_admin, after=cursor, filter={"userId": another_member.id})
    others: list[dict[str, Any] | None] = [
        None,
        {"actorId": a_member.id},
        {"kinds": ["REGISTERED"]},
        {"userId": a_member.id, "occurredAt": {"gte": a_history[0]["occurredAt"]}},
    ]
    for other in others:
        error = await as_admin.refused(PAGE, after=cursor, filter=other)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, other


async def test_a_cursor_of_one_list_is_refused_in_another(
    door: Door, as_admin: Door, a_member: Person, another_member: Person, a_history: list[Any]
) -> None:
    of_everybody = (await page(as_admin, first=1))["pageInfo"]["endCursor"]
    of_other = (await door.as_(another_member).ask(OWN))["me"]["events"]["edges"][0]["cursor"]
    assert a_history

    for cursor in (of_everybody, of_other, "nonsense"):
        error = await door.as_(a_member).refused(OWN, after=cursor)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_an_event_is_fetched_again_by_whom_it_is_about_and_by_admins(
    door: Door, as_admin: Door, a_member: Person, another_member: Person, a_history: list[Any]
) -> None:
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Event {{ {EVENT} }} }} }}"
    by_admin = next(
        event for event in a_history if event["actor"] != event["user"] == {"databaseId": a_member.database_id}
    )
    rotated = next(event for event in a_history if event["kind"] == "KEY_ROTATED")

    assert (await as_admin.ask(query, id=by_admin["id"]))["node"] == by_admin
    assert (await door.as_(a_member).ask(query, id=by_admin["id"]))["node"] == by_admin | {"actor": None}
    assert (await door.as_(another_member).ask(query, id=rotated["id"]))["node"] is not None  # an admin by now
    assert (await door.as_(a_member).ask(query, id=rotated["id"]))["node"] is None
    assert (await door.refused(query, id=by_admin["id"]))["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_whoever_a_page_names_is_looked_up_with_one_statement(
    as_admin: Door, a_history: list[Any], statements: list[str]
) -> None:
    statements.clear()

    found = await page(as_admin, first=100)

    assert found["nodes"] == a_history
    assert len({event["user"]["databaseId"] for event in a_history if event["user"]}) == 3
    assert sum("FROM users" in statement for statement in statements) == 1


async def test_what_happened_to_somebody_who_is_gone_stays(
    as_admin: Door, an_admin: Person, a_member: Person, a_history: list[Any]
) -> None:
    about = [event for event in a_history if event["user"] == {"databaseId": a_member.database_id}]

    await as_admin.done("deleteUser", {"id": a_member.id})

    found = (await page(as_admin, filter={"userId": a_member.id}))["nodes"]
    assert [event["kind"] for event in found] == [EventKind.DELETED, *(event["kind"] for event in about)]
    assert {event["user"] for event in found} == {None}
    assert [event["actor"] for event in found[:2]] == [{"databaseId": an_admin.database_id}] * 2
    assert found[-1]["actor"] is None  # who registered was the one who is gone
