"""Facts about fetching many things again by their ids."""

from __future__ import annotations

from tests.door import Door, Person

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"


async def test_things_come_in_the_order_of_their_ids(as_admin: Door, a_member: Person, another_member: Person) -> None:
    wanted = [another_member.id, "nonsense", a_member.id, "VXNlcjo5OTk5", another_member.id]

    nodes = (await as_admin.ask(NODES, ids=wanted))["nodes"]

    assert nodes == [{"id": another_member.id}, None, {"id": a_member.id}, None, {"id": another_member.id}]


async def test_members_find_themselves_alone(as_member: Door, a_member: Person, another_member: Person) -> None:
    nodes = (await as_member.ask(NODES, ids=[another_member.id, a_member.id, "nonsense"]))["nodes"]

    assert nodes == [None, {"id": a_member.id}, None]


async def test_strangers_are_asked_to_sign_in(door: Door, a_member: Person) -> None:
    for ids in ([a_member.id], ["nonsense"], []):
        answer = (await door.answer(NODES, {"ids": ids})).json()

        assert answer["data"] is None
        assert [error["extensions"] for error in answer["errors"]] == [{"code": "UNAUTHENTICATED"}], ids


async def test_nothing_asked_is_nothing_answered(as_admin: Door) -> None:
    assert await as_admin.ask(NODES, ids=[]) == {"nodes": []}


async def test_a_hundred_at_most(as_admin: Door, an_admin: Person) -> None:
    hundred = await as_admin.ask(NODES, ids=[an_admin.id] * 100)
    error = await as_admin.refused(NODES, ids=[an_admin.id] * 101)

    assert hundred["nodes"] == [{"id": an_admin.id}] * 100
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_many_cost_one_statement(
    as_admin: Door, an_admin: Person, a_member: Person, another_member: Person, statements: list[str]
) -> None:
    ids = [an_admin.id, a_member.id, another_member.id, "VXNlcjo5OTk5", "nonsense"] * 20

    nodes = (await as_admin.ask(NODES, ids=ids))["nodes"]

    assert len(nodes) == 100
    assert len(statements) == 1
