"""Facts about a database that is away: the service says so, and comes back by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from gql_users import Settings, create_app
from gql_users.repositories import database
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL, SQLite
from tests.door import Door, Person
from tests.serving import serving
from tests.wire import Wire, wire_to

LOGIN = 'mutation { login(input: {email: "ann@example.com", password: "wrong"}) { errors { code } } }'
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[Door]:
    """A service with these settings, and the way in."""
    async with serving(create_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield Door(http)


@pytest.fixture
async def wire(databases: PostgreSQL) -> AsyncIterator[Wire]:
    """What connects the service to its database."""
    async with wire_to(databases.folder) as wire:
        yield wire


@pytest.fixture
async def far_door(wire: Wire, database_url: str, make_settings: MakeSettings) -> AsyncIterator[Door]:
    """The doors of a service whose database is at the other end of the wire."""
    async with service(make_settings(database_url=wire.url(database_url))) as door:
        yield door


def assert_unavailable(answer: httpx.Response) -> None:
    """It is the database's fault, and the client is told when to come again."""
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfterSeconds": 1}
    assert error["message"] == "The service cannot answer right now. Try again in a moment."


async def assert_everything_is_unavailable(door: Door, person: Person) -> None:
    """Every door says the same, and the process is alive all the same."""
    asked = await door.as_(person).answer("{ me { id } }")
    assert (asked.status_code, asked.headers["Retry-After"]) == (503, "1")
    assert_unavailable(asked)
    done = await door.answer(LOGIN)
    assert done.json()["data"] == {"login": None}
    assert_unavailable(done)
    listed = await door.http.get("/users")
    assert (listed.status_code, listed.headers["Retry-After"]) == (503, "1")
    assert listed.json()["code"] == "UNAVAILABLE"
    ready = await door.http.get("/ready")
    assert (ready.status_code, ready.headers["Retry-After"]) == (503, "1")
    assert (await door.http.get("/health")).json() == {"status": "ok"}
    assert (await door.ask("{ me { id } serviceInfo { version } }"))["me"] is None


@POSTGRESQL
async def test_a_cut_connection_is_unavailable_and_comes_back_by_itself(wire: Wire, far_door: Door) -> None:
    person = await far_door.register("ann@example.com")

    await wire.cut()
    await assert_everything_is_unavailable(far_door, person)
    await wire.mend()

    me = (await far_door.as_(person).ask("{ me { email } }"))["me"]
    assert me == {"email": "ann@example.com"}
    assert (await far_door.http.get("/ready")).status_code == 200


@POSTGRESQL
async def test_a_server_that_says_nothing_any_more_is_unavailable(
    wire: Wire, database_url: str, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 1)  # so that the test need not wait for the whole
    monkeypatch.setattr(database, "CONNECT_TIMEOUT_S", 1)
    async with service(make_settings(database_url=wire.url(database_url))) as door:
        person = await door.register("ann@example.com")

        wire.fall_silent()
        assert_unavailable(await door.as_(person).answer("{ me { id } }"))
        await wire.cut()
        await wire.mend()

        assert (await door.as_(person).ask("{ me { email } }"))["me"] == {"email": "ann@example.com"}


@POSTGRESQL
async def test_a_server_that_closes_its_connections_is_not_noticed(databases: PostgreSQL, door: Door) -> None:
    person = await door.register("ann@example.com")

    await databases.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")

    assert (await door.as_(person).ask("{ me { email } }"))["me"] == {"email": "ann@example.com"}


async def test_a_database_that_was_never_there_is_unavailable(make_settings: MakeSettings, tmp_path: Path) -> None:
    for url in ("postgresql://somebody@127.0.0.1:1/users", f"sqlite:///{tmp_path}"):  # nobody listens; that is a folder
        async with service(make_settings(database_url=url)) as door:
            assert_unavailable(await door.answer(LOGIN))
            assert (await door.http.get("/users")).status_code == 503
            assert (await door.http.get("/ready")).status_code == 503
            assert (await door.http.get("/health")).status_code == 200


@POSTGRESQL
async def test_a_read_only_server_is_unavailable_for_those_who_write(
    databases: PostgreSQL, database_url: str, door: Door
) -> None:
    person = await door.register("ann@example.com")

    name = database_url.partition("?")[0].rpartition("/")[2]
    await databases.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await databases.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")

    answer = await door.as_(person).answer(
        f'mutation {{ patchUser(input: {{id: "{person.id}", age: 30}}) {{ user {{ id }} }} }}'
    )
    assert_unavailable(answer)
    assert (await door.as_(person).ask("{ me { age } }"))["me"] == {"age": None}


async def test_a_database_without_tables_is_not_ready(
    make_settings: MakeSettings, databases: SQLite | PostgreSQL
) -> None:
    url = await databases.empty()

    async with service(make_settings(database_url=url)) as door:
        ready = await door.http.get("/ready")
        alive = await door.http.get("/health")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert "gql-users migrate" in ready.json()["detail"]
    await databases.drop(url)
