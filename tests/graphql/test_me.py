"""Facts about who the service takes a caller for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.door import PASSWORD, Door, Person, SettableClock

ME = "{ me { id } }"


async def test_a_stranger_is_nobody(door: Door) -> None:
    assert await door.ask(ME) == {"me": None}


async def test_a_member_sees_their_own_account(door: Door, a_member: Person) -> None:
    me = (await door.as_(a_member).ask("{ me { id databaseId email username name isAdmin isActive } }"))["me"]

    assert me == {
        "id": a_member.id,
        "databaseId": a_member.database_id,
        "email": "member@example.com",
        "username": "mia",
        "name": "Mia Member",
        "isAdmin": False,
        "isActive": True,
    }


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é", "x" * 9_000])
async def test_a_token_that_is_not_ours_is_refused_with_the_reason(door: Door, token: str) -> None:
    header = {b"Authorization": f"Bearer {token}".encode()}

    answer = (await door.http.post("/graphql", json={"query": ME}, headers=header)).json()

    assert answer["data"] == {"me": None}
    assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def test_a_changed_token_is_refused(door: Door, a_member: Person) -> None:
    header, claims, signature = a_member.access_token.split(".")
    changed = ".".join([header, claims, signature[::-1]])

    error = await door.showing(changed).refused(ME)

    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def test_a_refresh_token_does_not_open_the_door(door: Door, a_member: Person) -> None:
    error = await door.showing(a_member.refresh_token).refused(ME)

    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def test_an_access_token_lasts_fifteen_minutes(as_member: Door, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=15, seconds=-1))
    assert (await as_member.ask(ME))["me"] is not None

    clock.advance(timedelta(seconds=1))

    error = await as_member.refused(ME)
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_EXPIRED"}


async def test_a_token_ends_with_its_session(as_member: Door, a_member: Person) -> None:
    await as_member.done("logout", {"refreshToken": a_member.refresh_token})

    error = await as_member.refused(ME)

    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def test_only_bearer_tokens_count_and_the_scheme_has_no_case(door: Door, a_member: Person) -> None:
    async def who(header: str) -> object:
        answer = await door.http.post("/graphql", json={"query": ME}, headers={"Authorization": header})
        return answer.json()["data"]["me"]

    assert await who(f"bearer {a_member.access_token}") == {"id": a_member.id}
    assert await who(f"BEARER {a_member.access_token}") == {"id": a_member.id}
    assert await who(f"Basic {a_member.access_token}") is None
    assert await who(a_member.access_token) is None


async def test_a_token_in_the_address_is_not_looked_at(door: Door, a_member: Person) -> None:
    answer = await door.http.get("/graphql", params={"query": ME, "access_token": a_member.access_token})

    assert answer.json() == {"data": {"me": None}}


async def test_a_bad_token_blocks_nothing_that_strangers_may_do(door: Door, a_member: Person) -> None:
    lost = door.showing("nonsense")

    registered = await lost.codes("register", {"email": "new@example.com", "password": PASSWORD})
    signed_in = await lost.codes("login", {"email": a_member.email, "password": PASSWORD})
    refreshed = await lost.codes("refresh", {"refreshToken": a_member.refresh_token})
    info = await lost.ask("{ serviceInfo { version } }")

    assert registered == signed_in == refreshed == []
    assert info["serviceInfo"]["version"]
