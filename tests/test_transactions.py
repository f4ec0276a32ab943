"""Facts about doing things whole or not at all, whatever fails and whoever else is at work."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from gql_users import Settings
from gql_users.repositories.database import connect
from gql_users.services import Services
from tests.door import PASSWORD, Door


async def change_tables(settings: Settings, statement: str) -> None:
    """Do something to the tables behind the service's back."""
    engine = connect(settings)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(statement)
    await engine.dispose()


async def test_a_registration_that_fails_half_way_leaves_no_account(door: Door, settings: Settings) -> None:
    # The account is stored first, and then its first session has nowhere to go.
    await change_tables(settings, "ALTER TABLE sessions RENAME TO away")
    query = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"

    error = await door.refused(query, input={"email": "ann@example.com", "password": PASSWORD})

    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    await change_tables(settings, "ALTER TABLE away RENAME TO sessions")
    assert (await door.http.get("/users")).json() == []
    await door.register("ann@example.com")


async def test_an_account_that_cannot_lose_its_sessions_is_not_closed(door: Door, settings: Settings) -> None:
    person = await door.register("ann@example.com")
    await change_tables(settings, "ALTER TABLE sessions RENAME TO away")

    answer = await door.http.patch(f"/users/{person.database_id}", json={"is_active": False})

    assert answer.status_code == 500
    await change_tables(settings, "ALTER TABLE away RENAME TO sessions")
    assert (await door.http.get(f"/users/{person.database_id}")).json()["is_active"] is True


async def test_a_unit_of_work_that_is_broken_off_leaves_nothing(door: Door, services: Services) -> None:
    person = await door.register("ann@example.com")

    async def break_off() -> None:
        async with services.profiles.unit_of_work() as work:
            await work.users.change(person.database_id, now=datetime.now(UTC), age=30)
            raise KeyError

    with pytest.raises(KeyError):
        await break_off()

    assert (await door.as_(person).ask("{ me { age version } }"))["me"] == {"age": None, "version": 1}


async def test_concurrent_changes_with_a_version_lose_none(door: Door) -> None:
    person = await door.register("ann@example.com")
    ann = door.as_(person)

    async def grow(age: int) -> list[str]:
        version = (await ann.ask("{ me { version } }"))["me"]["version"]
        codes = await ann.codes("patchUser", {"id": person.id, "age": age, "expectedVersion": version})
        return [code for code, _ in codes]

    codes = await asyncio.gather(*(grow(age) for age in range(40)))

    assert {tuple(each) for each in codes} <= {(), ("VERSION_MISMATCH",)}
    me = (await ann.ask("{ me { version } }"))["me"]
    assert me["version"] == 1 + codes.count([])
    assert codes.count([]) >= 1


async def test_concurrent_changes_without_a_version_all_count(door: Door) -> None:
    person = await door.register("ann@example.com")
    ann = door.as_(person)

    await asyncio.gather(*(ann.done("patchUser", {"id": person.id, "age": age}) for age in range(1, 31)))

    assert (await ann.ask("{ me { version } }"))["me"]["version"] == 31
