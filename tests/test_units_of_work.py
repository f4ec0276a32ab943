"""Facts about units of work: what they ask of the database, and what becomes of those that go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from gql_users.errors import EmailTaken, Gathering, Unavailable
from gql_users.repositories.connection import Connection
from gql_users.repositories.statements import Statement, Values
from gql_users.repositories.unit_of_work import UnitsOfWork
from gql_users.services import Services
from gql_users.services.accounts import Profile, new_account
from gql_users.settings import Settings
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL
from tests.door import PASSWORD, Door, Person
from tests.test_transactions import change_tables

POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

END_CONNECTIONS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname LIKE 'test_%'"


@pytest.fixture
def units(services: Services) -> UnitsOfWork:
    """The units of work of the running service."""
    return services.profiles.unit_of_work


@pytest.fixture
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The first words of all that PostgreSQL is sent, a line for each time that it is waited for."""
    trips: list[str] = []
    ahead: list[str] = []
    fetch, unasked, commit = Connection.fetch, Connection.unasked, Connection.commit

    def waited_for(word: str) -> None:
        trips.append(" ".join([*ahead, word]))
        ahead.clear()

    async def fetched(connection: Connection, statement: Statement, values: Values, before: bytes = b"") -> Any:
        if b"BEGIN" in before:
            ahead.append("BEGIN")
        waited_for(_word(statement))
        return await fetch(connection, statement, values, before)

    async def sent_ahead(connection: Connection, statement: Statement, values: Values) -> bytes:
        ahead.append(_word(statement))
        return await unasked(connection, statement, values)

    async def committed(connection: Connection, before: bytes) -> str:
        waited_for("COMMIT")
        return await commit(connection, before)

    monkeypatch.setattr(Connection, "fetch", fetched)
    monkeypatch.setattr(Connection, "unasked", sent_ahead)
    monkeypatch.setattr(Connection, "commit", committed)
    yield trips
    assert not ahead


def _word(statement: Statement) -> str:
    return statement.on_postgresql.text.split(maxsplit=1)[0]


@POSTGRESQL
async def test_a_change_of_ones_profile_waits_three_times_in_its_transaction(
    door: Door, a_member: Person, round_trips: list[str]
) -> None:
    ann = door.as_(a_member)
    await ann.done("patchUser", {"id": a_member.id, "age": 30})  # connections and keys are there now
    round_trips.clear()

    await ann.done("patchUser", {"id": a_member.id, "age": 31})

    who_asks, *unit = round_trips
    # What happened is written down, and told to other processes, by the statement before COMMIT.
    assert (who_asks, unit) == ("SELECT", ["BEGIN SELECT", "UPDATE", "WITH COMMIT"])


@POSTGRESQL
async def test_an_exchange_of_a_token_waits_three_times_in_its_transaction(
    door: Door, a_member: Person, round_trips: list[str]
) -> None:
    round_trips.clear()

    await door.done("refresh", {"refreshToken": a_member.refresh_token})

    assert round_trips == ["BEGIN SELECT", "UPDATE", "INSERT COMMIT"]


@POSTGRESQL
async def test_a_sign_in_counts_the_attempt_in_one_transaction_and_begins_the_session_in_another(
    door: Door, a_member: Person, round_trips: list[str]
) -> None:
    round_trips.clear()

    await door.done("login", {"email": a_member.email, "password": PASSWORD})

    counted = ["SELECT", "BEGIN INSERT", "INSERT COMMIT"]
    assert round_trips == [*counted, "SELECT", "BEGIN UPDATE", "INSERT INSERT UPDATE UPDATE COMMIT"]


@POSTGRESQL
async def test_who_writes_does_not_notice_that_the_server_closed_its_connections(
    databases: PostgreSQL, door: Door, a_member: Person
) -> None:
    ann = door.as_(a_member)
    await asyncio.gather(*(ann.done("patchUser", {"id": a_member.id, "age": age}) for age in range(1, 9)))
    await databases.run(END_CONNECTIONS)

    done = await asyncio.gather(
        *(door.done("login", {"email": a_member.email, "password": PASSWORD}, "user { email }") for _ in range(8))
    )

    assert [each["user"]["email"] for each in done] == [a_member.email] * 8


@POSTGRESQL
async def test_who_writes_does_not_notice_that_a_column_got_another_type(
    door: Door, a_member: Person, settings: Settings
) -> None:
    ann = door.as_(a_member)
    for age in range(1, 9):
        await ann.done("patchUser", {"id": a_member.id, "age": age})
    await change_tables(settings, "ALTER TABLE users ALTER COLUMN age TYPE bigint")

    done = await ann.done("patchUser", {"id": a_member.id, "age": 30}, "user { age }")

    assert done["user"] == {"age": 30}


async def test_a_unit_that_is_given_up_leaves_nothing_and_keeps_no_connection(
    make_settings: MakeSettings, door: Door, a_member: Person, units: UnitsOfWork
) -> None:
    has_written = asyncio.Event()

    async def write_and_wait() -> None:
        async with units() as work:
            await work.users.change(a_member.database_id, now=NOW, age=30)
            has_written.set()
            await asyncio.sleep(60)

    for _ in range(2 * make_settings().pool_size):
        has_written.clear()
        given_up = asyncio.create_task(write_and_wait())
        await has_written.wait()
        given_up.cancel()
        await asyncio.wait([given_up])

    assert (await door.as_(a_member).ask("{ me { age version } }"))["me"] == {"age": None, "version": 1}


@POSTGRESQL
async def test_what_goes_on_after_a_statement_that_failed_is_not_told_as_done(
    units: UnitsOfWork, door: Door, a_member: Person
) -> None:
    async def overlook_that_it_is_taken() -> None:
        async with units() as work:
            with suppress(EmailTaken):
                await work.users.add(new_account(a_member.email, Profile(), Gathering(), NOW))

    with pytest.raises(RuntimeError):
        await overlook_that_it_is_taken()

    await door.as_(a_member).done("patchUser", {"id": a_member.id, "age": 30})


@POSTGRESQL
async def test_a_unit_whose_server_goes_away_in_the_middle_of_it_is_unavailable(
    databases: PostgreSQL, units: UnitsOfWork, door: Door, a_member: Person
) -> None:
    async def be_left_alone() -> None:
        async with units() as work:
            await work.users.change(a_member.database_id, now=NOW, age=30)
            await databases.run(END_CONNECTIONS)
            await work.users.change(a_member.database_id, now=NOW, age=31)

    for _ in range(10):
        with pytest.raises(Unavailable):
            await be_left_alone()

    assert (await door.as_(a_member).ask("{ me { age version } }"))["me"] == {"age": None, "version": 1}
