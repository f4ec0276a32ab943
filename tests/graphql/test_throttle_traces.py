"""Facts about what attempts leave behind: one entry when somebody has to wait, and nothing when a request broke."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users import Settings, create_app
from gql_users.repositories.database import connect
from gql_users.security import passwords
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.guessing import HERE, counted, guess, told
from tests.serving import serving
from tests.wire import wire_to

POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
MIA = {"email": "member@example.com"}
LOGIN = {**MIA, "password": PASSWORD}
SIGN_IN = "mutation ($input: LoginInput!) { login(input: $input) { errors { code } } }"
CHANGE = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code } } }"
REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { errors { code } } }"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
SAID = {"currentPassword": PASSWORD, "newPassword": "another horse battery"}


@asynccontextmanager
async def sessions_away(settings: Settings) -> AsyncIterator[None]:
    """A database without the table that a sign-in comes to last."""
    engine = connect(settings)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE sessions RENAME TO away")
    yield
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO sessions")
    await engine.dispose()


@asynccontextmanager
async def attempts_held(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """Somebody else holds every row of the attempts, until they roll back."""
    engine = connect(settings)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SELECT * FROM attempts FOR UPDATE")
        yield connection
    await engine.dispose()


async def test_each_wrong_password_is_told_with_whom_it_was_about_and_where_it_came_from(
    door: Door, as_admin: Door, a_member: Person
) -> None:
    await guess(door, 1, **MIA)
    await guess(door, 1, email="nobody@example.com")

    unknown, known = await told(as_admin, "SIGN_IN_REFUSED")

    refused = {"kind": "SIGN_IN_REFUSED", "actor": None, "ipAddress": HERE, "details": None}
    assert unknown == {**refused, "user": None}
    assert known == {**refused, "user": {"id": a_member.id}}


async def test_that_somebody_has_to_wait_is_told_once_per_wait(
    door: Door, as_admin: Door, a_member: Person, clock: SettableClock
) -> None:
    await guess(door, 9, **MIA)
    assert await told(as_admin, "THROTTLED") == []

    await guess(door, 5, **MIA)
    clock.advance(timedelta(seconds=30))
    await guess(door, 5, **MIA)

    throttled = {"kind": "THROTTLED", "user": {"id": a_member.id}, "actor": None, "ipAddress": HERE}
    assert await told(as_admin, "THROTTLED") == [
        {**throttled, "details": {"retryAfterSeconds": seconds}} for seconds in (60, 30)
    ]
    assert len(await told(as_admin, "SIGN_IN_REFUSED")) == 11


async def test_that_somebody_has_to_wait_is_told_once_when_many_come_at_once(
    door: Door, as_admin: Door, a_member: Person
) -> None:
    await asyncio.gather(*(guess(door, 1, **MIA) for _ in range(30)))

    assert len(await told(as_admin, "THROTTLED")) == 1
    assert len(await told(as_admin, "SIGN_IN_REFUSED")) == 10


async def test_who_guesses_at_a_change_of_password_is_known(as_member: Door, as_admin: Door, a_member: Person) -> None:
    for _ in range(10):
        await as_member.codes("changePassword", {**SAID, "currentPassword": "wrong"})

    refused = await told(as_admin, "SIGN_IN_REFUSED", "THROTTLED")

    assert [event["kind"] for event in refused] == ["THROTTLED"] + ["SIGN_IN_REFUSED"] * 10
    assert {(event["user"]["id"], event["actor"]["id"]) for event in refused} == {(a_member.id, a_member.id)}


async def test_when_too_many_wait_for_a_hash_nothing_was_tried(
    door: Door, as_member: Door, as_admin: Door, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(passwords, "MOST_ON_THE_WAY", 0)
        answers = [
            await who.refused(query, input=said)
            for who, query, said in (
                *[(door, SIGN_IN, {**MIA, "password": "wrong"})] * 12,
                (as_member, CHANGE, SAID),
                (door, REGISTER, {"email": "new@example.com", "password": PASSWORD}),
            )
        ]

    assert [answer["extensions"]["code"] for answer in answers] == ["UNAVAILABLE"] * 14
    assert await counted(settings) == []
    assert await told(as_admin, "SIGN_IN_REFUSED", "THROTTLED") == []


async def test_a_request_that_breaks_gives_its_attempt_back(
    door: Door, as_admin: Door, a_member: Person, settings: Settings
) -> None:
    await guess(door, 3, **MIA)
    before = await counted(settings)

    async with sessions_away(settings):
        broken = [await door.refused(SIGN_IN, input=LOGIN) for _ in range(12)]

    assert {each["extensions"]["code"] for each in broken} == {"INTERNAL_SERVER_ERROR"}
    assert await counted(settings) == before == [("account", 3, 0), ("network", 3, 0)]
    assert await door.codes("login", LOGIN) == []
    assert len(await told(as_admin, "SIGN_IN_REFUSED")) == 3


@POSTGRESQL
async def test_while_the_database_is_away_nothing_was_tried(
    databases: PostgreSQL, database_url: str, make_settings: MakeSettings
) -> None:
    async with wire_to(databases.folder) as wire:
        app = create_app(make_settings(database_url=wire.url(database_url)))
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
            door = Door(http)
            await door.register(**MIA)

            await wire.cut()
            away = [await door.refused(SIGN_IN, input=LOGIN) for _ in range(12)]
            await wire.mend()

            assert {each["extensions"]["code"] for each in away} == {"UNAVAILABLE"}
            assert await door.codes("login", LOGIN) == []


@POSTGRESQL
async def test_guesses_that_wait_for_each_other_leave_connections_for_everybody_else(
    make_settings: MakeSettings, settings: Settings
) -> None:
    app = create_app(make_settings(pool_size=2))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        door = Door(http)
        person = await door.register(**MIA)
        await guess(door, 1, **MIA)
        async with attempts_held(settings) as holding:
            guessing = [asyncio.create_task(guess(door, 1, **MIA)) for _ in range(6)]
            while not await holding.scalar(text(WAITING)):
                pass  # the database takes its time to answer
            asked = [(await door.as_(person).answer("{ me { id } }")).status_code for _ in range(20)]

            await holding.rollback()
            outcomes = await asyncio.gather(*guessing)

        assert asked == [200] * 20
        assert outcomes == [["INVALID_CREDENTIALS"]] * 6
