"""Facts about following accounts: who is told what, at once, and no longer than they may be."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from gql_users.access import OPERATOR, Client
from gql_users.errors import Unavailable
from gql_users.graphql.ids import global_id
from gql_users.services import Services, following
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.following import a_stream, not_streamed, until_followed
from tests.replicas import opening
from tests.test_unavailable import service
from tests.wire import wire_to

WHAT = "subscription ($id: ID, $kinds: [UserChangeKind!]) { userChanged(id: $id, kinds: $kinds) { kind userId } }"
ANOTHER = "another horse battery"
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


async def test_an_admin_is_told_of_every_change_of_anybody(door: Door, as_admin: Door) -> None:
    whole = (
        "subscription { userChanged { kind userId occurredAt user { id email isActive } event { kind user { id } } } }"
    )

    async with a_stream(as_admin, whole) as stream:
        mia = await door.register("mia@example.com")
        await door.as_(mia).done("patchUser", {"id": mia.id, "age": 30})
        await door.as_(mia).done("changePassword", {"currentPassword": PASSWORD, "newPassword": ANOTHER})
        await as_admin.done("deactivateUser", {"id": mia.id})
        await as_admin.done("reactivateUser", {"id": mia.id})
        await as_admin.done("setUserAdmin", {"id": mia.id, "isAdmin": True})
        await as_admin.done("deleteUser", {"id": mia.id})
        made = (await as_admin.done("createUser", {"email": "made@example.com"}, "user { id }"))["user"]["id"]
        changes = [await stream.change() for _ in range(8)]

    kinds = ["CREATED", "UPDATED", "UPDATED", "DEACTIVATED", "REACTIVATED", "ADMIN_CHANGED", "DELETED", "CREATED"]
    assert [change["kind"] for change in changes] == kinds
    assert [change["userId"] for change in changes] == [mia.id] * 7 + [made]
    assert changes[-1]["user"] == {"id": made, "email": "made@example.com", "isActive": True}
    told = ["REGISTERED", "PROFILE_CHANGED", "PASSWORD_CHANGED", "DEACTIVATED", "REACTIVATED", "ADMIN_GRANTED"]
    assert [change["event"]["kind"] for change in changes] == [*told, "DELETED", "CREATED"]
    assert {change["occurredAt"] for change in changes} == {"2026-03-01T12:00:00Z"}


async def test_an_account_that_is_gone_is_null_and_still_named(as_admin: Door, a_member: Person) -> None:
    async with a_stream(as_admin) as stream:
        await as_admin.done("deleteUser", {"id": a_member.id})
        change = await stream.change()

    assert change == {"kind": "DELETED", "userId": a_member.id, "user": None}


async def test_a_member_is_told_of_their_own_changes_alone(
    door: Door, a_member: Person, another_member: Person
) -> None:
    for query, variables in ((WHAT, {}), (WHAT, {"id": a_member.id})):
        async with a_stream(door.as_(a_member), query, **variables) as stream:
            await door.as_(another_member).done("patchUser", {"id": another_member.id, "age": len(variables) + 30})
            await door.as_(a_member).done("patchUser", {"id": a_member.id, "age": len(variables) + 30})
            change = await stream.change()

        assert change == {"kind": "UPDATED", "userId": a_member.id}


async def test_an_admin_can_follow_one_account(as_admin: Door, a_member: Person, another_member: Person) -> None:
    async with a_stream(as_admin, WHAT, id=a_member.id) as stream:
        for person in (another_member, a_member):
            await as_admin.done("patchUser", {"id": person.id, "age": 30})
        change = await stream.change()

    assert change == {"kind": "UPDATED", "userId": a_member.id}


async def test_who_follows_some_kinds_is_told_of_those(as_admin: Door, a_member: Person) -> None:
    async with a_stream(as_admin, WHAT, kinds=["REACTIVATED", "ADMIN_CHANGED"]) as stream:
        await as_admin.done("patchUser", {"id": a_member.id, "age": 30})
        await as_admin.done("deactivateUser", {"id": a_member.id})
        await as_admin.done("reactivateUser", {"id": a_member.id})
        change = await stream.change()

    assert change["kind"] == "REACTIVATED"


async def test_signing_in_is_no_change_and_neither_is_what_was_refused(door: Door, a_member: Person) -> None:
    mia, login = door.as_(a_member), {"email": a_member.email, "password": PASSWORD}

    async with a_stream(mia) as stream:
        await door.done("login", login)
        await door.codes("login", {**login, "password": "wrong"})
        await mia.codes("patchUser", {"id": a_member.id, "age": 29, "expectedVersion": 99})
        await mia.done("patchUser", {"id": a_member.id, "name": "Another"})
        change = await stream.change()

    assert change == {"kind": "UPDATED", "userId": a_member.id, "user": {"email": a_member.email, "name": "Another"}}


@POSTGRESQL
async def test_only_changes_take_their_turn_to_notify(door: Door, a_member: Person, statements: list[str]) -> None:
    await door.done("login", {"email": a_member.email, "password": PASSWORD})
    await door.done("refresh", {"refreshToken": a_member.refresh_token})
    before = [statement for statement in statements if "pg_notify" in statement]

    await door.as_(a_member).done("patchUser", {"id": a_member.id, "age": 30})

    assert before == []
    assert len([statement for statement in statements if "pg_notify" in statement]) == 1


async def test_a_stranger_follows_nobody(door: Door, a_member: Person) -> None:
    for variables in ({}, {"id": a_member.id}):
        status, error = await not_streamed(door, WHAT, **variables)
        assert (status, error["extensions"]) == (401, {"code": "UNAUTHENTICATED"})

    status, error = await not_streamed(door.showing("nonsense"), WHAT)
    assert (status, error["extensions"]) == (401, {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"})


async def test_somebody_elses_account_looks_like_one_that_nobody_has(
    door: Door, a_member: Person, another_member: Person, as_admin: Door
) -> None:
    ids = [another_member.id, global_id("User", 999_999), "nonsense"]

    refusals = [await not_streamed(door.as_(a_member), WHAT, id=each) for each in ids]

    assert refusals[0] == refusals[1] == refusals[2]
    assert refusals[0][0] == 404
    assert refusals[0][1]["extensions"] == {"code": "NOT_FOUND"}
    assert [(await not_streamed(as_admin, WHAT, id=each))[0] for each in ids[1:]] == [404, 404]


async def test_a_member_does_not_see_who_did_it_from_where(door: Door, as_admin: Door, a_member: Person) -> None:
    seen = "subscription { userChanged { event { ipAddress userAgent actor { id } } } }"

    async with a_stream(door.as_(a_member), seen) as stream, a_stream(as_admin, seen) as of_admin:
        await as_admin.done("patchUser", {"id": a_member.id, "age": 30})
        own, admins = await stream.change(), await of_admin.change()

    assert own == {"event": {"ipAddress": None, "userAgent": None, "actor": None}}
    assert admins["event"]["ipAddress"] == "127.0.0.1"
    assert admins["event"]["actor"] is not None


ENDS: dict[str, tuple[str, Any]] = {
    "signing out": ("logout", lambda person: {"refreshToken": person.refresh_token}),
    "being deactivated": ("deactivateUser", lambda person: {"id": person.id}),
    "being demoted": ("setUserAdmin", lambda person: {"id": person.id, "isAdmin": False}),
    "being deleted": ("deleteUser", lambda person: {"id": person.id}),
}


@pytest.mark.parametrize("end", ENDS)
async def test_what_ends_a_session_ends_its_streams(
    door: Door, as_admin: Door, another_member: Person, end: str
) -> None:
    await as_admin.done("setUserAdmin", {"id": another_member.id, "isAdmin": True})
    deed, given = ENDS[end]

    async with a_stream(door.as_(another_member), WHAT) as stream:
        await as_admin.done(deed, given(another_member))
        why = await stream.end()

    # Nothing came before: nobody is told of what was done once they had lost the right to see it.
    assert why == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


async def test_a_session_that_is_revoked_from_afar_ends_its_streams_and_no_others(door: Door, a_member: Person) -> None:
    login = {"email": a_member.email, "password": PASSWORD}
    elsewhere = door.showing((await door.done("login", login, "tokens { accessToken }"))["tokens"]["accessToken"])
    sessions = (await elsewhere.ask("{ me { sessions { nodes { id isCurrent } } } }"))["me"]["sessions"]["nodes"]
    other = next(session["id"] for session in sessions if not session["isCurrent"])

    async with a_stream(door.as_(a_member)) as ended, a_stream(elsewhere) as kept:
        await elsewhere.done("revokeSession", {"id": other})
        why = await ended.end()
        await elsewhere.done("patchUser", {"id": a_member.id, "age": 30})
        change = await kept.change()

    assert why == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    assert change["kind"] == "UPDATED"


async def test_a_stream_ends_with_its_token(as_admin: Door, clock: SettableClock) -> None:
    async with a_stream(as_admin) as stream:
        clock.advance(timedelta(minutes=16))
        why = await stream.end()

    assert why == {"code": "UNAUTHENTICATED", "reason": "TOKEN_EXPIRED"}


async def test_what_is_done_at_one_process_is_told_at_another(
    make_settings: MakeSettings, clock: SettableClock
) -> None:
    async with opening(make_settings, clock) as opened:
        one, other = await opened(), await opened()
        ann = await one.door.register("ann@example.com")
        async with a_stream(other.door.as_(ann)) as stream:
            await one.door.as_(ann).done("patchUser", {"id": ann.id, "name": "Another"})
            change = await stream.change()
            await one.door.done("logout", {"refreshToken": ann.refresh_token})
            why = await stream.end()

    assert change == {"kind": "UPDATED", "userId": ann.id, "user": {"email": "ann@example.com", "name": "Another"}}
    assert why["code"] == "UNAUTHENTICATED"


async def test_many_changes_at_once_are_all_told_in_the_order_of_their_commits(as_admin: Door) -> None:
    async with a_stream(as_admin) as stream:
        made = await asyncio.gather(
            *(as_admin.done("createUser", {"email": f"{n}@example.com"}, "user { id }") for n in range(30))
        )
        told = [await stream.change() for _ in made]

    assert sorted(change["userId"] for change in told) == sorted(each["user"]["id"] for each in made)


async def test_who_reads_too_slowly_is_let_go(
    services: Services, door: Door, an_admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_WAITING", 3)
    actor = await services.recognition.recognise(an_admin.access_token, Client())

    slow, quick = await services.changes.follow(actor), await services.changes.follow(actor)
    for number in range(4):
        await door.register(f"{number}@example.com")
        await anext(quick)

    with pytest.raises(Unavailable, match="too slowly"):
        await anext(slow)
    services.changes.leave(quick)
    services.changes.leave(slow)


async def test_nobody_listens_when_nobody_follows(app: FastAPI, as_admin: Door, services: Services) -> None:
    async with a_stream(as_admin):
        assert services.changes.followers == 1
    await until_followed(services, 0)

    async with asyncio.timeout(30):
        while services.changes.is_listening:  # noqa: ASYNC110 - it stops without a word to us
            await asyncio.sleep(0.01)


@POSTGRESQL
async def test_a_line_that_breaks_ends_what_is_followed_and_can_be_followed_again(
    databases: PostgreSQL, database_url: str, make_settings: MakeSettings
) -> None:
    async with wire_to(databases.folder) as wire, service(make_settings(database_url=wire.url(database_url))) as door:
        ann = await door.register("ann@example.com")
        async with a_stream(door.as_(ann)) as stream:
            await wire.cut()
            why = await stream.end()
        while_away, _ = await not_streamed(door.as_(ann))
        await wire.mend()

        async with a_stream(door.as_(ann)) as again:
            await door.as_(ann).done("patchUser", {"id": ann.id, "age": 30})
            change = await again.change()

    assert (why["code"], while_away) == ("UNAVAILABLE", 503)
    assert change["kind"] == "UPDATED"


async def test_rights_that_somebody_takes_in_the_database_end_a_stream_as_well(
    as_admin: Door, an_admin: Person, services: Services
) -> None:
    async with a_stream(as_admin) as stream:
        async with services.sessions.unit_of_work() as work:
            await work.users.change(an_admin.database_id, now=services.sessions.clock.now(), is_admin=False)
        why = await stream.end()

    assert why == {"code": "FORBIDDEN"}


async def test_the_command_line_is_told_of_too(as_admin: Door, a_member: Person, services: Services) -> None:
    async with a_stream(as_admin, WHAT) as stream:
        await services.administration.set_admin(OPERATOR, a_member.database_id, is_admin=True)
        change = await stream.change()

    assert change == {"kind": "ADMIN_CHANGED", "userId": a_member.id}
