"""Facts about narrowing a list of users: conditions on texts, moments and flags, their combinations, and search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gql_users.access import OPERATOR
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.door import Door, Person, SettableClock

FILTER = """query ($filter: UserFilter, $search: String) {
    users(first: 100, filter: $filter, search: $search, orderBy: {field: ID, direction: ASC}) {
        nodes { name } totalCount
    }
}"""


@pytest.fixture
async def crowd(as_admin: Door, services: Services, clock: SettableClock) -> list[str]:
    """Seven people beside the admin (Ada Admin, `ada`), a second apart; some have no username."""
    people = [
        ("Ann Lee", "ann.lee@example.com", "ann"),
        ("ann other", "ANN@bücher.example", None),
        ("100% Bob", "bob@example.com", "b_b"),
        ("1000 Bob", "bxb@example.com", "bxb"),
        ("a\\b", "c@example.com", None),
        ("Zoë", "zoe@example.com", "Zoë"),
        ("z\U0010ffff!", "z@example.com", "z-z"),
    ]
    for name, email, username in people:
        clock.advance(timedelta(seconds=1))
        await services.administration.create(OPERATOR, email, Profile(name=name, username=username))
    return ["Ada Admin", *(name for name, _, _ in people)]


async def answer(door: Door, **variables: object) -> Any:
    """The whole answer to a question that may not fit."""
    return (await door.answer(FILTER, variables)).json()


async def codes(door: Door, **variables: object) -> set[str]:
    """Why a question was refused."""
    return {error["extensions"]["code"] for error in (await answer(door, **variables)).get("errors", [])}


async def found(door: Door, **variables: object) -> list[str]:
    """The names of those who match; as many as are counted."""
    users = (await door.ask(FILTER, **variables))["users"]
    assert users["totalCount"] == len(users["nodes"])
    return [node["name"] for node in users["nodes"]]


async def matching(door: Door, **conditions: object) -> list[str]:
    """The names of those who match a filter."""
    return await found(door, filter={name.rstrip("_"): value for name, value in conditions.items()})


async def test_a_text_is_compared_without_case(as_admin: Door, crowd: list[str]) -> None:
    assert await matching(as_admin, name={"eq": "ANN LEE"}) == ["Ann Lee"]
    assert await matching(as_admin, name={"eq": "Ann"}) == []
    assert await matching(as_admin, username={"eq": "ZOË"}) == ["Zoë"]
    assert await matching(as_admin, email={"eq": "Ann@xn--bcher-kva.example"}) == ["ann other"]
    assert await matching(as_admin, name={"in": ["zoë", "A\\B", "nobody"]}) == ["a\\b", "Zoë"]
    assert await matching(as_admin, email={"in": ["BOB@example.com", "nonsense"]}) == ["100% Bob"]
    assert await matching(as_admin, name={"contains": "ADMIN"}) == ["Ada Admin"]
    assert await matching(as_admin, name={"startsWith": "Ann"}) == ["Ann Lee", "ann other"]
    assert await matching(as_admin, name={"startsWith": "ann", "contains": "th"}) == ["ann other"]


async def test_wildcards_mean_themselves(as_admin: Door, crowd: list[str]) -> None:
    assert await matching(as_admin, name={"contains": "%"}) == ["100% Bob"]
    assert await matching(as_admin, username={"startsWith": "b_"}) == ["100% Bob"]
    assert await matching(as_admin, name={"contains": "\\"}) == ["a\\b"]
    assert await matching(as_admin, name={"startsWith": "a\\"}) == ["a\\b"]
    assert await found(as_admin, search="_") == ["100% Bob"]


async def test_a_prefix_may_end_with_the_last_of_all_characters(as_admin: Door, crowd: list[str]) -> None:
    assert await matching(as_admin, name={"startsWith": "z\U0010ffff"}) == ["z\U0010ffff!"]
    assert await matching(as_admin, name={"startsWith": "\U0010ffff"}) == []
    assert await matching(as_admin, name={"startsWith": "z\ud7ff"}) == []


async def test_an_empty_text_is_part_of_every_text_and_equal_to_none(as_admin: Door, crowd: list[str]) -> None:
    for text in ("name", "email"):
        assert await matching(as_admin, **{text: {"contains": ""}}) == crowd, text
        assert await matching(as_admin, **{text: {"startsWith": ""}}) == crowd, text
        assert await matching(as_admin, **{text: {"eq": ""}}) == [], text
        assert await matching(as_admin, **{text: {"in": [""]}}) == [], text


@pytest.mark.parametrize("kind", ["contains", "startsWith"])
async def test_no_username_does_not_even_hold_nothing(as_admin: Door, crowd: list[str], kind: str) -> None:
    named = [name for name in crowd if name not in {"ann other", "a\\b"}]

    assert await matching(as_admin, username={kind: ""}) == named


async def test_flags_tell_people_apart(as_admin: Door, crowd: list[str], services: Services, an_admin: Person) -> None:
    await services.administration.deactivate(OPERATOR, an_admin.database_id + 1)

    assert await matching(as_admin, isActive=False) == ["Ann Lee"]
    assert await matching(as_admin, isActive=True) == [name for name in crowd if name != "Ann Lee"]
    assert await matching(as_admin, isAdmin=True) == ["Ada Admin"]
    assert await matching(as_admin, emailVerified=True) == []


async def test_moments_lie_at_or_after_one_and_before_another(as_admin: Door, crowd: list[str]) -> None:
    third = {"gte": "2026-03-01T12:00:03Z"}

    assert await matching(as_admin, createdAt=third) == crowd[3:]
    assert await matching(as_admin, createdAt={"gte": "2026-03-01T14:00:03+02:00"}) == crowd[3:]
    assert await matching(as_admin, createdAt={"lt": "2026-03-01T12:00:03Z"}) == crowd[:3]
    assert await matching(as_admin, updatedAt={**third, "lt": "2026-03-01T12:00:03.000001Z"}) == crowd[3:4]
    assert await matching(as_admin, createdAt={"lt": "9999-12-31T23:59:59.999999Z"}) == crowd


async def test_who_never_signed_in_matches_no_condition_on_it(as_admin: Door, crowd: list[str]) -> None:
    assert await matching(as_admin, lastLoginAt={"gte": "0001-01-01T00:00:00Z"}) == crowd[:1]
    assert await matching(as_admin, not_={"lastLoginAt": {}}) == crowd[1:]


async def test_conditions_combine(as_admin: Door, crowd: list[str]) -> None:
    bob, ann = {"name": {"contains": "bob"}}, {"name": {"startsWith": "ann"}}
    with_b_b = {"username": {"eq": "b_b"}}

    assert await matching(as_admin, and_=[bob, with_b_b]) == ["100% Bob"]
    assert await matching(as_admin, or_=[ann, with_b_b]) == ["Ann Lee", "ann other", "100% Bob"]
    assert await matching(as_admin, isAdmin=False, or_=[ann, {"isAdmin": True}]) == ["Ann Lee", "ann other"]
    assert await matching(as_admin, not_={"or": [bob, ann]}) == ["Ada Admin", "a\\b", "Zoë", "z\U0010ffff!"]
    assert await matching(as_admin, not_={"not": bob}) == ["100% Bob", "1000 Bob"]


async def test_who_has_no_username_is_not_among_those_named_so(as_admin: Door, crowd: list[str]) -> None:
    others = [name for name in crowd if name not in {"Ada Admin", "Ann Lee"}]

    assert await matching(as_admin, not_={"username": {"startsWith": "a"}}) == others
    assert await matching(as_admin, not_={"not": {"username": {"eq": "ann"}}}) == ["Ann Lee"]
    assert await matching(as_admin, not_={"username": {"contains": ""}}) == ["ann other", "a\\b"]


async def test_no_conditions_hold_for_everybody_and_one_of_none_for_nobody(as_admin: Door, crowd: list[str]) -> None:
    everybody: list[Any] = [None, {}, {"and": []}, {"and": [{}]}, {"or": [{}]}, {"name": {}}, {"name": None}]
    nobody: list[Any] = [{"or": []}, {"not": {}}, {"name": {"in": []}}, {"not": {"and": []}}]

    assert [await found(as_admin, filter=each) for each in everybody] == [crowd] * len(everybody)
    assert [await found(as_admin, filter=each) for each in nobody] == [[]] * len(nobody)


async def test_search_looks_into_names_usernames_and_addresses(as_admin: Door, crowd: list[str]) -> None:
    assert await found(as_admin, search="LEE") == ["Ann Lee"]
    assert await found(as_admin, search=" zoë ") == ["Zoë"]
    assert await found(as_admin, search="xn--bcher") == ["ann other"]
    assert await found(as_admin, search="@example", filter={"name": {"eq": "zoë"}}) == ["Zoë"]
    assert await found(as_admin, search="  ") == await found(as_admin, search=None) == crowd


@pytest.mark.parametrize("text", ["\0", "a\ud800", "a\nb", "x" * 201])
async def test_a_text_that_nothing_can_hold_is_refused(as_admin: Door, text: str) -> None:
    for kind in ("contains", "startsWith", "eq"):
        assert await codes(as_admin, filter={"name": {kind: text}}) == {"BAD_USER_INPUT"}, kind
    assert await codes(as_admin, search=text) == {"BAD_USER_INPUT"}
    assert (await answer(as_admin, filter={"email": {"eq": text}}))["data"]["users"]["nodes"] == []


@pytest.mark.parametrize("levels", [6, 150, 400, 900])
async def test_a_filter_nested_beyond_use_is_refused(as_admin: Door, levels: int) -> None:
    nested: dict[str, Any] = {}
    for _ in range(levels - 1):
        nested = {"not": nested}

    assert await codes(as_admin, filter=nested) == {"BAD_USER_INPUT"}
    assert await codes(as_admin, filter={"not": {"not": {"not": {"not": {}}}}}) == set()


async def test_a_filter_long_beyond_use_is_refused(as_admin: Door) -> None:
    admin = {"isAdmin": True}

    assert await codes(as_admin, filter={"or": [admin] * 49}) == set()
    assert await codes(as_admin, filter={"or": [admin] * 50}) == {"BAD_USER_INPUT"}
    assert await codes(as_admin, filter={"name": {"in": ["ada"] * 100}}) == set()
    assert await codes(as_admin, filter={"name": {"in": ["ada"] * 101}}) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("word", ["and", "or"])
async def test_a_filter_of_thousands_of_empty_parts_is_refused(as_admin: Door, word: str) -> None:
    assert await codes(as_admin, filter={word: [{}] * 5_000}) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("moment", ["2026-03-01", "2026-03-01T12:00:00", "", "0001-01-01T00:00:00+14:00", 0])
async def test_what_is_no_moment_with_its_zone_is_refused(as_admin: Door, moment: object) -> None:
    assert await codes(as_admin, filter={"createdAt": {"gte": moment}}) == {"BAD_USER_INPUT"}
