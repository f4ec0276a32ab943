"""Facts about who may use the REST `/users` routes: everybody, anybody signed in as themselves, or admins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.serving import serving

BOB = {"name": "Bob", "email": "bob@example.com"}

Open = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def opened(make_settings: MakeSettings, clock: SettableClock) -> AsyncIterator[Open]:
    """Another door to the same users, with other settings, for whoever shows a token or none."""
    async with AsyncExitStack() as stack:

        async def door(token: str | None = None, **otherwise: Any) -> httpx.AsyncClient:
            url = await stack.enter_async_context(serving(create_app(make_settings(**otherwise), clock=clock)))
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=30))

        yield door


async def statuses(client: httpx.AsyncClient, number: int) -> dict[str, int]:
    """What each deed of the contract is answered with; the removal comes last."""
    whole = {"name": "Somebody", "email": f"somebody-{number}@example.com", "is_active": True}
    answers = {
        "create": await client.post("/users", json=BOB),
        "list": await client.get("/users"),
        "show": await client.get(f"/users/{number}"),
        "replace": await client.put(f"/users/{number}", json=whole),
        "change": await client.patch(f"/users/{number}", json={"name": "Another"}),
        "remove": await client.delete(f"/users/{number}"),
    }
    return {deed: answer.status_code for deed, answer in answers.items()}


DONE = {"create": 201, "list": 200, "show": 200, "replace": 200, "change": 200, "remove": 204}


@pytest.mark.parametrize(
    "otherwise", [{}, {"rest_access": "open"}, {"rest_access": "open", "env": "production"}], ids=str
)
async def test_an_open_door_asks_nobody_who_they_are(opened: Open, a_member: Person, otherwise: dict[str, str]) -> None:
    client = await opened(**otherwise)

    assert await statuses(client, a_member.database_id) == DONE


async def test_an_open_door_does_not_look_at_tokens(opened: Open, a_member: Person) -> None:
    client = await opened("nonsense", rest_access="open")

    assert await statuses(client, a_member.database_id) == DONE


@pytest.mark.parametrize("otherwise", [{"env": "production"}, {"rest_access": "admin"}], ids=str)
async def test_a_door_for_admins_does_everything_for_them_and_nothing_for_others(
    opened: Open, a_member: Person, another_member: Person, an_admin: Person, otherwise: dict[str, str]
) -> None:
    stranger = await opened(**otherwise)
    member = await opened(a_member.access_token, **otherwise)
    admin = await opened(an_admin.access_token, **otherwise)

    assert set((await statuses(stranger, a_member.database_id)).values()) == {401}
    assert set((await statuses(member, a_member.database_id)).values()) == {403}
    assert await statuses(admin, another_member.database_id) == DONE


async def test_a_door_for_anybody_signed_in_lets_members_act_on_themselves(
    opened: Open, a_member: Person, another_member: Person
) -> None:
    member = await opened(a_member.access_token, rest_access="authenticated")
    itself, other = f"/users/{a_member.database_id}", f"/users/{another_member.database_id}"

    shown = (await member.get(itself)).json()
    changed = await member.patch(itself, json={"name": "Mia"})

    assert (shown["name"], shown["email"]) == ("Mia Member", "member@example.com")
    assert (changed.status_code, changed.json()["name"]) == (200, "Mia")
    assert (await member.put(itself, json={**BOB, "is_active": True})).status_code == 403
    assert (await member.get("/users")).status_code == 403
    assert (await member.post("/users", json=BOB)).status_code == 403
    assert (await member.delete(itself)).status_code == 403
    assert (await member.get(other)).json() == (await member.get("/users/9999")).json()


async def test_members_cannot_tell_others_from_nobody(opened: Open, a_member: Person, another_member: Person) -> None:
    member = await opened(a_member.access_token, rest_access="authenticated")
    taken = {"name": "Bob", "email": "other@example.com", "is_active": True}

    async def answers(number: int) -> list[tuple[int, bytes]]:
        asked = [
            await member.get(f"/users/{number}"),
            await member.put(f"/users/{number}", json=taken),
            await member.patch(f"/users/{number}", json={"name": "Bob"}),
            await member.delete(f"/users/{number}"),
        ]
        return [(answer.status_code, answer.content) for answer in asked]

    other, nobody = await answers(another_member.database_id), await answers(9_999)

    assert other == nobody
    assert [status for status, _ in other] == [404, 404, 404, 403]


async def test_a_door_for_anybody_signed_in_is_closed_to_strangers(opened: Open, a_member: Person) -> None:
    client = await opened(rest_access="authenticated")

    assert set((await statuses(client, a_member.database_id)).values()) == {401}


async def test_strangers_are_told_how_to_sign_in_and_what_was_wrong(opened: Open, a_member: Person) -> None:
    nobody = await (await opened(rest_access="admin")).get("/users")
    forger = await (await opened("nonsense", rest_access="admin")).get("/users")
    refresher = await (await opened(a_member.refresh_token, rest_access="admin")).get("/users")

    assert nobody.json() == forger.json() == {"detail": "Sign in first.", "code": "UNAUTHENTICATED"}
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert forger.headers["WWW-Authenticate"] == refresher.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_rights_are_those_of_this_moment(opened: Open, door: Door, a_member: Person, as_admin: Door) -> None:
    client = await opened(a_member.access_token, rest_access="admin")
    before = (await client.get("/users")).status_code

    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})
    promoted = (await client.get("/users")).status_code
    await as_admin.done("deactivateUser", {"id": a_member.id})

    assert (before, promoted, (await client.get("/users")).status_code) == (403, 200, 401)


async def test_who_is_made_inactive_through_one_door_is_outside_of_both(door: Door) -> None:
    person = await door.register("ann@example.com")

    await door.http.patch(f"/users/{person.database_id}", json={"is_active": False})

    error = await door.as_(person).refused("{ me { id } }")
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def test_who_may_not_enter_is_told_so_before_the_body_is_judged(opened: Open) -> None:
    client = await opened(env="production")

    answer = await client.post("/users", json={"email": "nonsense"})

    assert answer.status_code == 401
