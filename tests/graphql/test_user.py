"""Facts about finding one user."""

from __future__ import annotations

from typing import Any

import pytest

from tests.door import Door, Person

BY = "query ($by: UserBy!) { user(by: $by) { id } }"

BROKEN_TEXTS = ["", " ", "\0", "a\0b", "\ud800", "a\udfff@example.com", "\U0010ffff", "x" * 10_000, "@", "%", "' OR 1"]
OUTLANDISH_NUMBERS: list[object] = [0, -1, -(2**63), 2**31, 2**53 + 1, 2**63 - 1, str(2**63 - 1), "-1"]
NO_NUMBERS: list[object] = [2**63, -(2**63) - 1, 10**4_000, 1.5, True, "1e3", "0x1", "", " 1", "١", "9" * 4_000]


async def find(door: Door, **by: object) -> Any:
    """The user, in whatever way it is named."""
    return (await door.ask(BY, by=by))["user"]


async def body_of(door: Door, **by: object) -> Any:
    """The whole answer to a question that may not fit."""
    answer = await door.answer(BY, {"by": by})
    assert answer.status_code == 200
    return answer.json()


async def test_a_user_is_found_by_each_of_its_names(as_admin: Door, a_member: Person) -> None:
    found = {"id": a_member.id}

    assert await find(as_admin, id=a_member.id) == found
    assert await find(as_admin, databaseId=a_member.database_id) == found
    assert await find(as_admin, databaseId=str(a_member.database_id)) == found
    assert await find(as_admin, email="member@example.com") == found
    assert await find(as_admin, username="mia") == found


async def test_an_address_is_found_however_it_is_spelled(door: Door, as_admin: Door) -> None:
    person = await door.register("Ann.Lee@bücher.example.com")

    for spelling in (
        "ann.lee@bücher.example.com",
        "ANN.LEE@BÜCHER.EXAMPLE.COM",
        "ann.lee@xn--bcher-kva.example.com",
        " ann.lee@bücher.example.com. ",
        "ａnn.lee@bücher.example.com",
    ):
        assert await find(as_admin, email=spelling) == {"id": person.id}, spelling


async def test_a_username_is_found_whatever_its_case(as_admin: Door, a_member: Person) -> None:
    for spelling in ("mia", "MIA", "Ｍia", " mia "):
        assert await find(as_admin, username=spelling) == {"id": a_member.id}, spelling


async def test_members_find_themselves_in_every_way(as_member: Door, a_member: Person) -> None:
    found = {"id": a_member.id}

    assert await find(as_member, id=a_member.id) == found
    assert await find(as_member, databaseId=a_member.database_id) == found
    assert await find(as_member, email=a_member.email) == found
    assert await find(as_member, username="mia") == found


async def test_members_cannot_tell_others_from_nobody(door: Door, a_member: Person, another_member: Person) -> None:
    as_member = door.as_(a_member)

    async def answer(**by: object) -> bytes:
        return (await as_member.answer(BY, {"by": by})).content

    others = [
        await answer(id=another_member.id),
        await answer(databaseId=another_member.database_id),
        await answer(email=another_member.email),
        await answer(username="otto"),
    ]
    nobody = [
        await answer(id="VXNlcjo5OTk5"),
        await answer(databaseId=9_999),
        await answer(email="nobody@example.com"),
        await answer(username="nobody"),
    ]
    assert others == nobody == [b'{"data":{"user":null}}'] * 4


async def test_strangers_are_asked_to_sign_in_whoever_they_look_for(door: Door, a_member: Person) -> None:
    for by in ({"id": a_member.id}, {"id": "nonsense"}, {"email": a_member.email}, {"username": "nobody"}):
        answer = (await door.answer(BY, {"by": by})).json()

        assert answer["data"] == {"user": None}
        assert [error["extensions"] for error in answer["errors"]] == [{"code": "UNAUTHENTICATED"}], by


@pytest.mark.parametrize("by", [{}, {"email": None}, {"email": "a@example.com", "username": "ann"}])
async def test_exactly_one_name_is_wanted(as_admin: Door, by: dict[str, object]) -> None:
    error = await as_admin.refused(BY, by=by)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("by", ["{}", "{email: null}", '{email: "a@example.com", username: "ann"}'])
async def test_a_document_that_gives_another_number_of_names_is_not_valid(as_admin: Door, by: str) -> None:
    answer = (await as_admin.answer(f"{{ user(by: {by}) {{ id }} }}")).json()

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_nobody_has_a_name_that_nobody_can_have(as_admin: Door) -> None:
    for kind in ("id", "email", "username"):
        for text in BROKEN_TEXTS:
            assert await body_of(as_admin, **{kind: text}) == {"data": {"user": None}}, (kind, text)


async def test_nobody_has_a_number_out_of_the_column(as_admin: Door) -> None:
    for number in OUTLANDISH_NUMBERS:
        assert await body_of(as_admin, databaseId=number) == {"data": {"user": None}}, number


async def test_what_is_no_number_of_64_bits_is_refused(as_admin: Door) -> None:
    for number in NO_NUMBERS:
        answer = await body_of(as_admin, databaseId=number)

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], number
