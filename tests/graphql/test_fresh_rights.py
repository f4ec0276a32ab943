"""Facts about rights within one document: each deed asks again, because an earlier one may have ended them."""

from __future__ import annotations

import pytest

from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.door import Door, Person

RENAME = 'b: patchUser(input: {id: "%s", name: "Somebody Else"}) { errors { code } }'


@pytest.mark.parametrize(
    "first",
    ['revokeSession(input: {id: "%s"}) { errors { code } }', 'deactivateUser(input: {id: "%s"}) { errors { code } }'],
)
async def test_whoever_ends_their_own_session_does_nothing_more_in_the_same_document(
    door: Door, as_admin: Door, a_member: Person, first: str
) -> None:
    (session,) = (await door.as_(a_member).ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"]
    ended = session["id"] if "revokeSession" in first else a_member.id

    body = (await door.as_(a_member).answer(f"mutation {{ a: {first % ended} {RENAME % a_member.id} }}")).json()

    assert body["data"] == {"a": {"errors": []}, "b": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
    seen = await as_admin.ask("query ($by: UserBy!) { user(by: $by) { name } }", by={"id": a_member.id})
    assert seen["user"]["name"] == "Mia Member"


async def test_whoever_gives_up_their_rights_has_none_in_the_next_deed(
    door: Door, an_admin: Person, another_member: Person, services: Services
) -> None:
    await services.administration.set_admin(OPERATOR, another_member.database_id, is_admin=True)
    step_down = f'a: setUserAdmin(input: {{id: "{an_admin.id}", isAdmin: false}}) {{ errors {{ code }} }}'

    body = (await door.as_(an_admin).answer(f"mutation {{ {step_down} {RENAME % another_member.id} }}")).json()

    assert body["data"] == {"a": {"errors": []}, "b": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]


async def test_what_one_deed_changed_is_seen_by_the_next_answer(as_member: Door, a_member: Person) -> None:
    deed = '%s: patchUser(input: {id: "%s", name: "%s"}) { user { name events { nodes { user { name } } } } }'

    done = await as_member.ask("mutation {" + deed % ("a", a_member.id, "One") + deed % ("b", a_member.id, "Two") + "}")

    for alias, name in (("a", "One"), ("b", "Two")):
        user = done[alias]["user"]
        assert {user["name"], *(event["user"]["name"] for event in user["events"]["nodes"])} == {name}
