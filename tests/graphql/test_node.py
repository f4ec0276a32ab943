"""Facts about fetching something again by its id."""

from __future__ import annotations

import base64

from tests.door import Door, Person

NODE = "query ($id: ID!) { node(id: $id) { __typename id ... on User { email } } }"


def opaque(text: str) -> str:
    """An id that says this."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


async def test_a_member_fetches_their_own_account(as_member: Door, a_member: Person) -> None:
    node = (await as_member.ask(NODE, id=a_member.id))["node"]

    assert node == {"__typename": "User", "id": a_member.id, "email": "member@example.com"}


async def test_an_admin_fetches_anybody(as_admin: Door, a_member: Person) -> None:
    node = (await as_admin.ask(NODE, id=a_member.id))["node"]

    assert node["email"] == "member@example.com"


async def test_members_cannot_tell_others_from_nobody(as_member: Door, another_member: Person) -> None:
    other = await as_member.answer(NODE, {"id": another_member.id})
    nobody = await as_member.answer(NODE, {"id": opaque("User:9999")})

    assert other.content == nobody.content == b'{"data":{"node":null}}'


async def test_strangers_are_asked_to_sign_in(door: Door, a_member: Person) -> None:
    for each in (a_member.id, opaque("User:9999"), "nonsense"):
        error = await door.refused(NODE, id=each)
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}, each


async def test_an_id_is_opaque_and_needs_no_escaping_in_addresses(a_member: Person) -> None:
    assert a_member.id == opaque(f"User:{a_member.database_id}")
    assert set(a_member.id) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


async def test_what_is_no_id_of_ours_is_null(as_admin: Door) -> None:
    texts = [
        "User:0",
        "User:-1",
        "User:",
        "User",
        "Session:1",
        "user:1",
        "User:1:1",
        f"User:{2**63}",
        "User:" + "9" * 99,
    ]
    odd = ["", " ", "=", "nonsense", "\0", "é", "\ud800", "💥", "x" * 10_000]

    for each in [*map(opaque, texts), *odd]:
        answer = await as_admin.answer(NODE, {"id": each})
        assert answer.json() == {"data": {"node": None}}, each


async def test_one_thing_has_one_id(as_admin: Door, a_member: Person) -> None:
    number = a_member.database_id

    for spelling in (f"User:0{number}", f"User:+{number}", f"User: {number}", f"User:{number}\n", f"User:{number}.0"):
        assert await as_admin.ask(NODE, id=opaque(spelling)) == {"node": None}, spelling
    for spelling in (a_member.id + "=", a_member.id + "==", a_member.id + " ", "\n" + a_member.id):
        assert await as_admin.ask(NODE, id=spelling) == {"node": None}, spelling
