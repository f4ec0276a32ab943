"""Facts about a database that is there and has no time: nobody waits for long, and everybody is told why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users import Settings, create_app
from gql_users.errors import Unavailable
from gql_users.repositories import database
from gql_users.repositories.database import connect
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person
from tests.holding import held_by_another_process
from tests.serving import serving

POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

REGISTER = 'mutation { register(input: {email: "bob@example.com", password: "a good long one"}) { errors { code } } }'
DAWDLE = (
    "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$",
    "CREATE TRIGGER dawdling BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION dawdle()",
)


@asynccontextmanager
async def outside(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """A transaction of somebody else, undone at the end."""
    engine = connect(settings)
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()
    await engine.dispose()


async def assert_a_change_is_unavailable(door: Door, person: Person) -> None:
    """A change of the person is refused for now."""
    answer = await door.as_(person).answer(
        "mutation ($id: ID!) { patchUser(input: {id: $id, age: 30}) { errors { code } } }", {"id": person.id}
    )
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfterSeconds": 1}


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same service, waiting for a fraction of its time, so that tests need not wait for the whole."""
    for name, value in (
        ("STATEMENT_TIMEOUT_MS", 1_000),
        ("LOCK_TIMEOUT_MS", 500),
        ("IDLE_IN_TRANSACTION_TIMEOUT_MS", 500),
        ("SQLITE_WAIT_S", 0.5),
    ):
        monkeypatch.setattr(database, name, value)


async def test_who_gets_no_connection_in_time_is_told(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(pool_size=1))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        door = Door(http)
        person = await door.register("ann@example.com")
        async with app.state.services.profiles.unit_of_work() as work:
            await work.users.find(person.database_id)
            asked = await door.as_(person).answer("{ me { id } }")
            listed = await http.get("/users")
            alive = await http.get("/health")

        assert asked.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert (asked.status_code, listed.status_code, alive.status_code) == (503, 503, 200)
        assert (await door.as_(person).ask("{ me { age } }"))["me"] == {"age": None}


@POSTGRESQL
async def test_the_server_itself_ends_what_takes_too_long(settings: Settings) -> None:
    async with outside(settings) as connection:
        limits = [
            (await connection.exec_driver_sql(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        ]

    assert limits == ["8s", "4s", "10s"]


@POSTGRESQL
@pytest.mark.usefixtures("_impatient")
async def test_a_statement_that_takes_too_long_is_unavailable(door: Door, settings: Settings) -> None:
    person = await door.register("ann@example.com")
    async with outside(settings) as connection:
        for statement in DAWDLE:
            await connection.exec_driver_sql(statement)
        await connection.commit()

    await assert_a_change_is_unavailable(door, person)


@POSTGRESQL
@pytest.mark.usefixtures("_impatient")
async def test_a_row_that_somebody_else_holds_is_unavailable(door: Door, settings: Settings) -> None:
    person = await door.register("ann@example.com")

    async with outside(settings) as connection:
        await connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.exec_driver_sql("SELECT * FROM users FOR UPDATE")
        await assert_a_change_is_unavailable(door, person)

    patched = await door.as_(person).done("patchUser", {"id": person.id, "age": 30}, "user { age }")
    assert patched["user"] == {"age": 30}


@POSTGRESQL
@pytest.mark.usefixtures("_impatient")
async def test_a_transaction_that_dawdles_is_ended_and_changes_nothing(door: Door, services: Services) -> None:
    person = await door.register("ann@example.com")

    async def dawdle() -> None:
        async with services.profiles.unit_of_work() as work:
            await work.users.change(person.database_id, now=datetime.now(UTC), age=30)
            await asyncio.sleep(1)

    with pytest.raises(Unavailable):
        await dawdle()

    assert (await door.as_(person).ask("{ me { age } }"))["me"] == {"age": None}


@SQLITE
@pytest.mark.usefixtures("_impatient")
async def test_a_file_that_another_process_writes_to_is_unavailable_for_writers(door: Door, settings: Settings) -> None:
    person = await door.register("ann@example.com")

    with held_by_another_process(settings.database):
        await assert_a_change_is_unavailable(door, person)
        registered = await door.answer(REGISTER)
        created = await door.http.post("/users", json={"name": "Bob", "email": "bob@example.com"})
        read = await door.as_(person).ask("{ me { age } }")

    assert registered.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert (created.status_code, created.headers["Retry-After"]) == (503, "1")
    assert read == {"me": {"age": None}}
    assert await door.codes("login", {"email": "ann@example.com", "password": PASSWORD}) == []


@SQLITE
async def test_a_file_that_another_process_writes_to_for_a_moment_is_waited_for(door: Door, settings: Settings) -> None:
    person = await door.register("ann@example.com")

    with held_by_another_process(settings.database):
        change = {"id": person.id, "age": 30}
        waiting = asyncio.create_task(door.as_(person).done("patchUser", change, "user { age }"))
        await asyncio.sleep(1)

    assert (await waiting)["user"] == {"age": 30}
