"""Facts about the list of sessions: what is in it, in what order, and who sees it."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from gql_users.access import Actor
from gql_users.errors import NotFound
from gql_users.graphql.ids import global_id
from gql_users.paging import PageRequest
from gql_users.services import Services
from tests.door import PASSWORD, Door, Person, SettableClock

FIELDS = "id createdAt lastUsedAt expiresAt ipAddress userAgent isCurrent"
PAGE = f"""query ($first: Int, $after: String, $last: Int, $before: String) {{ me {{
    sessions(first: $first, after: $after, last: $last, before: $before) {{
        nodes {{ {FIELDS} }} edges {{ cursor node {{ id }} }} totalCount
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    }}
}} }}"""
OF = """query ($id: ID!, $after: String) { user(by: {id: $id}) {
    sessions(after: $after) { nodes { id isCurrent } pageInfo { endCursor } totalCount }
    events(after: $after) { totalCount }
} }"""
NODE = f"query ($id: ID!) {{ node(id: $id) {{ __typename ... on Session {{ {FIELDS} }} }} }}"


async def sign_in(door: Door, person: Person, user_agent: str = "a phone") -> dict[str, str]:
    """Begin another session of the person. Its tokens."""
    login = {"email": person.email, "password": PASSWORD}
    query = "mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken refreshToken } } }"
    headers = {b"User-Agent": user_agent.encode()}
    answer = await door.http.post("/graphql", json={"query": query, "variables": {"input": login}}, headers=headers)
    tokens: dict[str, str] = answer.json()["data"]["login"]["tokens"]
    return tokens


async def page(door: Door, **wanted: object) -> Any:
    """A page of the caller's own sessions."""
    return (await door.ask(PAGE, **wanted))["me"]["sessions"]


async def current_of(door: Door) -> str:
    """The id of the caller's session."""
    (current,) = [node["id"] for node in (await page(door))["nodes"] if node["isCurrent"]]
    return str(current)


async def test_a_session_says_when_and_where_it_began(as_member: Door, door: Door, a_member: Person) -> None:
    await sign_in(door, a_member, "Mozilla/5.0 (a telephone)")

    newest = (await page(as_member))["nodes"][0]

    assert newest.pop("id")
    assert newest == {
        "createdAt": "2026-03-01T12:00:00Z",
        "lastUsedAt": "2026-03-01T12:00:00Z",
        "expiresAt": "2026-03-15T12:00:00Z",
        "ipAddress": "127.0.0.1",
        "userAgent": "Mozilla/5.0 (a telephone)",
        "isCurrent": False,
    }


async def test_an_exchange_shows_in_the_list_and_makes_no_other_session(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    token = a_member.refresh_token
    for _ in range(8):
        clock.advance(timedelta(days=10))
        payload = await door.done("refresh", {"refreshToken": token}, "tokens { accessToken refreshToken }")
        token = payload["tokens"]["refreshToken"]

    (only,) = (await page(door.showing(payload["tokens"]["accessToken"])))["nodes"]
    assert (only["createdAt"], only["lastUsedAt"]) == ("2026-03-01T12:00:00Z", "2026-05-20T12:00:00Z")
    # Ninety days after it began, though the last exchange would be good for longer.
    assert only["expiresAt"] == "2026-05-30T12:00:00Z"


async def test_a_browser_is_written_down_as_far_as_it_can_be(door: Door, as_member: Door, a_member: Person) -> None:
    await sign_in(door, a_member, "x" * 1_000)
    await sign_in(door, a_member, "a\tb\x85c")
    await sign_in(door, a_member, "")

    found = [node["userAgent"] for node in (await page(as_member, first=3))["nodes"]]

    assert [found[0], found[2]] == ["", "x" * 400]
    assert not {"\t", "\x85"} & {*found[1]}


async def test_only_live_sessions_are_in_the_list(
    door: Door, as_member: Door, a_member: Person, clock: SettableClock
) -> None:
    signed_out, ended, reused, kept = [await sign_in(door, a_member) for _ in range(4)]
    await door.done("logout", {"refreshToken": signed_out["refreshToken"]})
    await as_member.done("revokeSession", {"id": await current_of(door.showing(ended["accessToken"]))})
    await door.done("refresh", {"refreshToken": reused["refreshToken"]})
    clock.advance(timedelta(seconds=11))
    assert await door.codes("refresh", {"refreshToken": reused["refreshToken"]}) == [("TOKEN_REUSED", None)]

    found = await page(as_member)

    mine = [await current_of(door.showing(token)) for token in (kept["accessToken"], a_member.access_token)]
    assert ([node["id"] for node in found["nodes"]], found["totalCount"]) == (mine, 2)


async def test_a_session_leaves_the_list_the_moment_its_tokens_end(
    door: Door, as_admin: Door, an_admin: Person, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(days=14) - timedelta(microseconds=1))
    as_admin = door.showing((await sign_in(door, an_admin))["accessToken"])
    before = (await as_admin.ask(OF, id=a_member.id))["user"]["sessions"]
    assert (len(before["nodes"]), before["totalCount"]) == (1, 1)

    clock.advance(timedelta(microseconds=1))

    after = (await as_admin.ask(OF, id=a_member.id))["user"]["sessions"]
    assert (after["nodes"], after["totalCount"]) == ([], 0)
    assert await as_admin.ask(NODE, id=before["nodes"][0]["id"]) == {"node": None}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == [("TOKEN_EXPIRED", None)]


async def test_the_newest_come_first_and_one_of_them_is_this(
    door: Door, a_member: Person, another_member: Person, clock: SettableClock
) -> None:
    tokens = [a_member.access_token]
    for milliseconds in (0, 0, 1, 1_000):
        clock.advance(timedelta(milliseconds=milliseconds))
        tokens.append((await sign_in(door, a_member))["accessToken"])
        await sign_in(door, another_member)

    ids = [await current_of(door.showing(token)) for token in reversed(tokens)]
    for token, mine in zip(reversed(tokens), ids, strict=True):
        nodes = (await page(door.showing(token)))["nodes"]
        assert [node["id"] for node in nodes] == ids
        assert [node["id"] for node in nodes if node["isCurrent"]] == [mine]


async def test_a_page_knows_what_lies_on_both_sides_of_it(door: Door, as_member: Door, a_member: Person) -> None:
    for _ in range(3):
        await sign_in(door, a_member)
    whole = await page(as_member)
    ids, cursors = [node["id"] for node in whole["nodes"]], [edge["cursor"] for edge in whole["edges"]]

    for after, before, size, backward in product([None, 0, 2, 3], [None, 0, 1, 3], [0, 1, 9], [False, True]):
        bounds = {
            "after": None if after is None else cursors[after],
            "before": None if before is None else cursors[before],
        }
        found = await page(as_member, **bounds, **({"last": size} if backward else {"first": size}))

        start, end = 0 if after is None else after + 1, 4 if before is None else before
        low, high = (max(end - size, start), end) if backward else (start, min(start + size, end))
        place = (after, before, size, backward)
        assert [edge["node"]["id"] for edge in found["edges"]] == ids[low:high], place
        assert found["pageInfo"] == {
            "hasPreviousPage": low > 0,
            "hasNextPage": high < 4,
            "startCursor": cursors[low] if low < high else None,
            "endCursor": cursors[high - 1] if low < high else None,
        }, place
        assert found["totalCount"] == 4


async def test_a_cursor_is_good_for_the_list_of_one_person(
    as_admin: Door, a_member: Person, another_member: Person
) -> None:
    of_member = (await as_admin.ask(OF, id=a_member.id))["user"]["sessions"]["pageInfo"]["endCursor"]

    answer = (await as_admin.answer(OF, {"id": another_member.id, "after": of_member})).json()

    # Neither for somebody else's sessions nor for what happened to anybody.
    assert answer["data"] == {"user": {"sessions": None, "events": None}}
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_USER_INPUT"}] * 2


async def test_members_see_their_own_alone_and_admins_everybodys(
    as_member: Door, as_admin: Door, a_member: Person, another_member: Person, services: Services, door: Door
) -> None:
    mine, other = [await current_of(door.as_(person)) for person in (a_member, another_member)]

    assert (await as_member.ask(OF, id=a_member.id))["user"]["sessions"]["nodes"] == [{"id": mine, "isCurrent": True}]
    assert (await as_admin.ask(OF, id=a_member.id))["user"]["sessions"]["nodes"] == [{"id": mine, "isCurrent": False}]
    assert await as_member.ask(OF, id=another_member.id) == {"user": None}
    somebodys = await as_member.answer(NODE, {"id": other})
    nobodys = await as_member.answer(NODE, {"id": global_id("Session", UUID(int=1))})
    assert somebodys.content == nobodys.content == b'{"data":{"node":null}}'
    # No door leads a member to somebody else's account, and the list does not rely on it.
    with pytest.raises(NotFound):
        await services.session_list.page(Actor(a_member.database_id), another_member.database_id, PageRequest())
    with pytest.raises(NotFound):
        await services.session_list.count(Actor(a_member.database_id), another_member.database_id)


async def test_strangers_see_none(door: Door, as_member: Door, a_member: Person) -> None:
    mine = await current_of(as_member)

    for query, wanted in ((NODE, mine), (OF, a_member.id)):
        error = await door.refused(query, id=wanted)
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert await door.ask(PAGE) == {"me": None}


async def test_a_session_is_found_again_by_its_id_while_it_lasts(
    door: Door, as_member: Door, as_admin: Door, a_member: Person
) -> None:
    await sign_in(door, a_member)
    newest, oldest = (await page(as_member))["nodes"]
    for person, is_current in ((as_member, True), (as_admin, False)):
        node = {"__typename": "Session", **oldest, "isCurrent": is_current}
        assert await person.ask(NODE, id=oldest["id"]) == {"node": node}

    await as_member.done("revokeSession", {"id": newest["id"]})

    for person in (as_member, as_admin):
        for each in (newest["id"], oldest["id"] + "=", " " + oldest["id"], global_id("Session", "0" * 32)):
            assert await person.ask(NODE, id=each) == {"node": None}, each
