"""Who takes part in the tests: databases, a running service, and people."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event

from gql_users import Settings, create_app
from gql_users.access import OPERATOR
from gql_users.mail.senders import MemorySender
from gql_users.security.passwords import Passwords
from gql_users.services import Services
from tests.databases import SECRET, PostgreSQL, SQLite, fetches, running_postgresql, sqlite_files
from tests.door import Door, Person, SettableClock
from tests.postbox import Post
from tests.serving import CERTIFICATES, serving

DATABASES = ("sqlite", "postgresql")

MakeSettings = Callable[..., Settings]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SQLite]:
    with sqlite_files() as files:
        yield files


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def databases(database_kind: str, request: pytest.FixtureRequest) -> SQLite | PostgreSQL:
    """Where the databases of this kind come from."""
    home: SQLite | PostgreSQL = request.getfixturevalue(database_kind)
    return home


@pytest.fixture
async def database_url(databases: SQLite | PostgreSQL) -> AsyncIterator[str]:
    """A fresh, migrated database."""
    url = await databases.fresh()
    yield url
    await databases.drop(url)


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> MakeSettings:
    """Settings for a service on the fresh database, with whatever a test wants otherwise."""

    def made(**otherwise: Any) -> Settings:
        usual = {
            "database_url": database_url,
            "data_dir": tmp_path / "data",
            "secret": SECRET,
            "worker": False,  # letters are delivered when a test says so
            "_env_file": None,
        }
        return Settings(**{**usual, **otherwise})

    return made


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def sender() -> MemorySender:
    """Where letters go: `sent` holds them, once `services.delivery` was told to deliver."""
    return MemorySender()


@pytest.fixture
def app(settings: Settings, clock: SettableClock, sender: MemorySender) -> FastAPI:
    return create_app(settings, clock=clock, sender=sender)


@pytest.fixture
def services(app: FastAPI) -> Services:
    """The services behind the doors, for what no door does: the first admin."""
    wired: Services = app.state.services
    return wired


@pytest.fixture
def post(services: Services, sender: MemorySender) -> Post:
    """Everybody's letterbox."""
    return Post(services, sender)


@pytest.fixture
async def door(app: FastAPI) -> AsyncIterator[Door]:
    """The doors of a running service, for somebody anonymous."""
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30, verify=CERTIFICATES) as http:
        yield Door(http)


@pytest.fixture
async def a_member(door: Door) -> Person:
    return await door.register("member@example.com", name="Mia Member", username="mia")


@pytest.fixture
async def another_member(door: Door) -> Person:
    return await door.register("other@example.com", name="Otto Other", username="otto")


@pytest.fixture
async def an_admin(door: Door, services: Services) -> Person:
    person = await door.register("admin@example.com", name="Ada Admin", username="ada")
    await services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
    return person


@pytest.fixture
def as_member(door: Door, a_member: Person) -> Door:
    return door.as_(a_member)


@pytest.fixture
def as_admin(door: Door, an_admin: Person) -> Door:
    return door.as_(an_admin)


@pytest.fixture
def hasher() -> Iterator[Passwords]:
    """Makes and verifies hashes that cost next to nothing."""
    made = Passwords(memory_kib=64, iterations=1, parallelism=1, shortest=8)
    yield made
    made.close()


@pytest.fixture
def every_statement() -> Iterator[list[str]]:
    """What the database is asked while a test runs."""
    with _noting(()) as seen:
        yield seen


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The same, but for who holds a token."""
    with _noting(("FROM sessions", "FROM signing_keys")) as seen:
        yield seen


@contextmanager
def _noting(but_for: Sequence[str]) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not any(each in statement for each in but_for):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    with fetches(lambda statement, _values: note(None, None, statement)):
        yield seen
    event.remove(Engine, "before_cursor_execute", note)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many tests ran on each database."""
    passed = terminalreporter.stats.get("passed", [])
    kinds = Counter(
        kind for report in passed for kind in DATABASES if f"[{kind}" in report.nodeid or f"-{kind}" in report.nodeid
    )
    others = len(passed) - sum(kinds.values())
    counts = ", ".join(f"{kinds[kind]} on {kind}" for kind in DATABASES)
    terminalreporter.write_line(f"tests passed: {counts}, {others} without a database")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail when something was skipped where nothing may be: the machine lacks what a test needs."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("GQL_USERS_TESTS_SKIP_NOTHING") and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
