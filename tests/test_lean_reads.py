"""Facts about what is read of accounts: what was asked for, and nothing that nobody may be shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gql_users.access import OPERATOR
from gql_users.criteria import Order, TextIs, TimeIs, UserFilter
from gql_users.paging import Cursors, PageRequest
from gql_users.repositories import reading_users
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.door import Door, Person

BY_ID = "query ($by: UserBy!) {{ user(by: $by) {{ {} }} }}"
LISTED = "{{ users {{ edges {{ {edge} node {{ name }} }} pageInfo {{ {info} }} }} }}"


def columns_of(statement: str) -> set[str]:
    """The columns that a statement reads of users."""
    head = statement.partition("FROM")[0].removeprefix("SELECT ").replace("\n", "")
    return {part.strip().removeprefix("users.") for part in head.split(",")}


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("name", {"id", "name"}),
        ("id databaseId", {"id"}),
        ("__typename", {"id"}),
        ("isActive", {"id", "deactivated_at"}),
        ("... on Node { id } ...F } } fragment F on User { email sessions { totalCount }", {"id", "email"}),
    ],
)
async def test_a_user_is_read_as_far_as_is_asked(
    as_admin: Door, a_member: Person, statements: list[str], asked: str, read: set[str]
) -> None:
    query = BY_ID.format(asked) if "fragment" not in asked else BY_ID.format(asked).removesuffix(" } }") + " }"
    statements.clear()

    await as_admin.ask(query, by={"id": a_member.id})

    assert columns_of(statements[0]) == read


async def test_every_field_is_there_when_it_is_asked_for(as_admin: Door, a_member: Person) -> None:
    fields = [
        "id databaseId email emailVerifiedAt username name firstName lastName age locale isActive isAdmin",
        "deactivatedAt createdAt updatedAt lastLoginAt version",
    ]
    whole: dict[str, Any] = (await as_admin.ask(BY_ID.format(" ".join(fields)), by={"id": a_member.id}))["user"]

    for name, value in whole.items():
        found = await as_admin.ask(BY_ID.format(name), by={"id": a_member.id})

        assert found["user"] == {name: value}


async def test_nobody_reads_a_password_hash_to_show_an_account(
    as_admin: Door, a_member: Person, statements: list[str]
) -> None:
    statements.clear()
    everything = "id email username name isAdmin version"

    await as_admin.ask(BY_ID.format(everything), by={"id": a_member.id})
    await as_admin.ask(f"{{ me {{ {everything} }} users {{ nodes {{ {everything} }} }} }}")
    await as_admin.http.get(f"/users/{a_member.database_id}")
    await as_admin.http.get("/users")

    assert statements
    assert [each for each in statements if "password_hash" in each] == []


@pytest.mark.parametrize("edge", ["cursor", ""])
@pytest.mark.parametrize("info", ["startCursor", "endCursor", "hasNextPage"])
async def test_cursors_are_the_same_wherever_they_are_asked_for(
    as_admin: Door, a_member: Person, edge: str, info: str
) -> None:
    whole = await as_admin.ask(LISTED.format(edge="cursor", info="startCursor endCursor hasNextPage"))

    part = await as_admin.ask(LISTED.format(edge=edge, info=info))

    assert part["users"]["pageInfo"] == {info: whole["users"]["pageInfo"][info]}
    assert [each.get("cursor") for each in part["users"]["edges"]] == [
        each["cursor"] if edge else None for each in whole["users"]["edges"]
    ]


@pytest.mark.parametrize("fields", ["edges { __typename }", "... on UserConnection { edges { node { __typename } } }"])
async def test_edges_are_there_however_little_is_asked_of_them(as_admin: Door, a_member: Person, fields: str) -> None:
    found = await as_admin.ask(f"{{ users {{ {fields} }} }}")

    assert len(found["users"]["edges"]) == 2


@pytest.mark.parametrize(
    ("bounds", "told", "looks_back"),
    [
        ("after: $between", "hasNextPage endCursor", False),
        ("after: $between", "hasPreviousPage", True),
        ("last: 1, before: $between", "hasPreviousPage", False),
        ("last: 1, before: $between", "hasNextPage", True),
    ],
)
async def test_what_lies_behind_a_bound_is_looked_at_where_it_is_asked_for(
    as_admin: Door, a_member: Person, statements: list[str], bounds: str, told: str, looks_back: bool
) -> None:
    walked = f"query ($between: String) {{{{ users({bounds}) {{{{ nodes {{{{ id }}}} pageInfo {{{{ {{}} }}}} }}}} }}}}"
    first = await as_admin.ask("{ users(first: 1) { pageInfo { endCursor } } }")
    between = first["users"]["pageInfo"]["endCursor"]
    everything = "hasNextPage hasPreviousPage startCursor endCursor"
    whole = (await as_admin.ask(walked.format(everything), between=between))["users"]
    statements.clear()

    part = (await as_admin.ask(walked.format(told), between=between))["users"]

    assert part["nodes"] == whole["nodes"]
    assert part["pageInfo"] == {name: whole["pageInfo"][name] for name in told.split()}
    assert ["before_it" in statement for statement in statements] == [looks_back]


def test_cursors_of_earlier_versions_are_good() -> None:
    cursors = Cursors(b"k" * 32)
    before = "xCzKey4hESh4kv_Jpyi1_1siMjAyNi0wMy0wMVQxMjowMDowMCswMDowMCIsN10"

    assert cursors.sealer("users")((cursors.open(before, "users")[0], 7)) == before


@pytest.mark.usefixtures("door")
async def test_other_values_need_no_other_statement(services: Services) -> None:
    for number in range(3):
        await services.administration.create(OPERATOR, f"{number}@example.com", Profile(name=f"Name {number}"))
    remembered = []

    for number in range(3):
        named = UserFilter(
            some=(UserFilter(name=TextIs(among=tuple(f"name {each}" for each in range(number + 1)))),),
            email=TextIs(contains="example", starts_with=f"{number}"),
            none=UserFilter(created_at=TimeIs(lt=datetime(2000, 1, number + 1, tzinfo=UTC))),
        )
        page = await services.directory.page(OPERATOR, PageRequest(first=1), named, Order(), f"Name {number}")
        remembered.append(reading_users._page.cache_info().misses)

        assert [user.name for user in page.items] == [f"Name {number}"]

    assert len(set(remembered)) == 1


@pytest.mark.parametrize("text", ["100%", "a_b", "a/b", "a\\b", "'", '"'])
@pytest.mark.usefixtures("door")
async def test_what_is_looked_for_stands_for_nothing_but_itself(services: Services, text: str) -> None:
    for number, name in enumerate((text, "100 per cent", "axb", "a b", "ab")):
        await services.administration.create(OPERATOR, f"{number}@example.com", Profile(name=name))

    wanted = UserFilter(name=TextIs(contains=text))
    page = await services.directory.page(OPERATOR, PageRequest(), wanted, Order(), None)

    assert [user.name for user in page.items] == [text]
    assert await services.directory.count(OPERATOR, wanted, None) == 1


@pytest.mark.usefixtures("door")
async def test_no_more_statements_are_remembered_than_there_is_room_for(services: Services) -> None:
    for size in range(100):
        for order in (Order(descending=True), Order(descending=False)):
            for columns in (frozenset({"name"}), frozenset({"email"})):
                await services.directory.page(OPERATOR, PageRequest(first=size), UserFilter(), order, None, columns)

    info = reading_users._page.cache_info()

    assert info.currsize <= reading_users.MOST_STATEMENTS < 400
