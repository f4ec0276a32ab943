"""Facts about orderings: everybody comes once, in the same order, whichever way one walks; and about cursors."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gql_users import create_app
from gql_users.access import OPERATOR, Client
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.serving import serving

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: UserOrder, $filter: UserFilter) {
    users(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
        nodes { databaseId email username name createdAt updatedAt lastLoginAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""
NEVER = datetime.min.replace(tzinfo=UTC)
NAMES = ["Ann", "ann", "Äon", "bob", "Bob", "100%", "Zoë", "𝕏eno", "~", "a b", "a-b"]

Row = dict[str, Any]


def moment(text: str | None) -> datetime:
    """A moment, or before all time."""
    return datetime.fromisoformat(text) if text else NEVER


ORDERS: dict[str, Callable[[Row], Any]] = {
    "ID": lambda row: row["databaseId"],
    "CREATED_AT": lambda row: moment(row["createdAt"]),
    "UPDATED_AT": lambda row: moment(row["updatedAt"]),
    "NAME": lambda row: row["name"].casefold().replace("𝕏", "x"),
    "EMAIL": lambda row: row["email"].casefold(),
    "USERNAME": lambda row: (row["username"] or "").casefold(),
    "LAST_LOGIN_AT": lambda row: moment(row["lastLoginAt"]),
}


@pytest.fixture
async def everybody(as_admin: Door, services: Services, clock: SettableClock) -> list[Row]:
    """25 people, by number, with ties in everything that can tie and gaps in everything that can be missing."""
    for n in range(24):
        who = Profile(name=NAMES[n % len(NAMES)], username=f"{'bB_aA9'[n % 6]}-user{n}".lstrip("_-") if n % 2 else None)
        if n % 5 == 0:
            await services.registration.register(f"{n * 7 % 24}-P@example.com", PASSWORD, who, Client())
        else:
            await services.administration.create(OPERATOR, f"{n * 7 % 24}-p@example.com", who)
        # Two moments a microsecond apart, or none: cursors must not round.
        clock.advance(timedelta(microseconds=n % 3 // 2))
    for number in (20, 3, 11):
        await services.profiles.patch(OPERATOR, number, Profile(age=50))
    rows: list[Row] = (await page(as_admin, first=100, field="ID", direction="ASC"))["nodes"]
    assert len(rows) == 25
    return rows


async def page(door: Door, field: str = "ID", direction: str = "ASC", **wanted: object) -> Any:
    """A page in an ordering."""
    return (await door.ask(PAGE, orderBy={"field": field, "direction": direction}, **wanted))["users"]


async def walk(door: Door, field: str, direction: str, *, backward: bool = False) -> list[Row]:
    """Everybody, three at a time, as they stand in the ordering."""
    size, bound, end, more = (
        ("last", "before", "startCursor", "hasPreviousPage")
        if backward
        else ("first", "after", "endCursor", "hasNextPage")
    )
    rows: list[Row] = []
    cursor = None
    while len(rows) < 100:
        found = await page(door, field, direction, **{size: 3, bound: cursor})
        rows = [*found["nodes"], *rows] if backward else [*rows, *found["nodes"]]
        cursor = found["pageInfo"][end]
        if not found["pageInfo"][more]:
            return rows
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("field", ORDERS)
async def test_an_ordering_walks_everybody_once_in_both_directions(
    as_admin: Door, everybody: list[Row], field: str
) -> None:
    ascending = sorted(everybody, key=lambda row: (ORDERS[field](row), row["databaseId"]))

    assert await walk(as_admin, field, "ASC") == ascending
    assert await walk(as_admin, field, "ASC", backward=True) == ascending
    assert await walk(as_admin, field, "DESC") == ascending[::-1]
    assert await walk(as_admin, field, "DESC", backward=True) == ascending[::-1]


@pytest.mark.parametrize(("field", "value"), [("USERNAME", "username"), ("LAST_LOGIN_AT", "lastLoginAt")])
async def test_those_without_a_value_come_first_when_ascending(
    as_admin: Door, everybody: list[Row], field: str, value: str
) -> None:
    missing = sum(row[value] is None for row in everybody)

    ascending = [row[value] for row in await walk(as_admin, field, "ASC")]
    descending = [row[value] for row in await walk(as_admin, field, "DESC")]

    assert missing > 3
    assert ascending[:missing] == descending[-missing:] == [None] * missing
    assert None not in ascending[missing:]


@pytest.mark.parametrize("field", ORDERS)
async def test_who_comes_or_goes_meanwhile_hides_and_repeats_nobody(
    as_admin: Door, an_admin: Person, services: Services, everybody: list[Row], field: str
) -> None:
    expected = [row["databaseId"] for row in await walk(as_admin, field, "DESC")]
    seen: list[int] = []
    cursor, more = None, True

    while more and len(seen) < 100:
        found = await page(as_admin, field, "DESC", first=3, after=cursor)
        seen += [node["databaseId"] for node in found["nodes"]]
        cursor, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
        for name in ("0", "zz"):
            newcomer = f"{name}-{len(seen)}@example.com"
            await services.administration.create(OPERATOR, newcomer, Profile(name=name, username=f"{name}{len(seen)}0"))
        # The one the cursor stands on goes, unless it is the admin who asks; where it stood is still known.
        if seen[-1] != an_admin.database_id:
            await services.administration.delete(OPERATOR, seen[-1])

    assert [number for number in seen if number <= 25] == expected
    assert len(seen) == len(set(seen))


async def test_a_cursor_is_good_for_its_own_order_and_shape_of_filter(as_admin: Door) -> None:
    name = {"name": {"contains": "a"}}
    cursor = (await page(as_admin, "NAME", "ASC", filter=name))["pageInfo"]["endCursor"]

    async def code(**wanted: object) -> object:
        wanted = {"orderBy": {"field": "NAME", "direction": "ASC"}, "filter": name, **wanted}
        body = (await as_admin.answer(PAGE, {"after": cursor, **wanted})).json()
        return body["errors"][0]["extensions"]["code"] if "errors" in body else None

    assert await code() is None
    assert await code(filter={"name": {"contains": "other"}}) is None
    assert await code(filter={"name": {"startsWith": "a"}}) == "BAD_USER_INPUT"
    assert await code(filter={"email": {"contains": "a"}}) == "BAD_USER_INPUT"
    assert await code(filter={"not": name}) == "BAD_USER_INPUT"
    assert await code(filter=None) == "BAD_USER_INPUT"
    assert await code(orderBy={"field": "NAME", "direction": "DESC"}) == "BAD_USER_INPUT"
    assert await code(orderBy={"field": "EMAIL", "direction": "ASC"}) == "BAD_USER_INPUT"
    assert await code(orderBy=None) == "BAD_USER_INPUT"


async def test_a_cursor_nobody_was_given_is_refused(as_admin: Door) -> None:
    cursor = (await page(as_admin))["pageInfo"]["endCursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    forged = [base64.urlsafe_b64encode(raw[:16] + content).decode() for content in (b"[2]", b"[]", b"null", b"", b"[[")]
    for each in ["", " ", "nonsense", "é", "💥", "\0", "=", cursor[:-1], cursor[:10], "A" * 10_000, *forged]:
        for wanted in ({"after": each}, {"last": 1, "before": each}):
            error = await as_admin.refused(PAGE, orderBy={"field": "ID", "direction": "ASC"}, **wanted)
            assert error["extensions"] == {"code": "BAD_USER_INPUT"}, each


async def test_a_cursor_of_another_installation_is_refused(
    as_admin: Door, make_settings: MakeSettings, clock: SettableClock
) -> None:
    cursor = (await page(as_admin))["pageInfo"]["endCursor"]
    elsewhere = create_app(make_settings(secret="the secret of another installation, as long"), clock=clock)
    await elsewhere.state.services.signing_keys.rotate(OPERATOR)

    async with serving(elsewhere) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        login = {"email": "admin@example.com", "password": PASSWORD}
        tokens = (await Door(http).done("login", login, "tokens { accessToken }"))["tokens"]
        order = {"field": "ID", "direction": "ASC"}
        error = await Door(http, tokens["accessToken"]).refused(PAGE, after=cursor, orderBy=order)

    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
