"""Where proofs take place: a PostgreSQL and a folder of SQLite files, services on them, and an admin at the door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users import Settings, create_app
from gql_users.access import OPERATOR
from gql_users.repositories.database import connect
from gql_users.repositories.driver import Driver, drive
from gql_users.services import Services
from gql_users.services.accounts import Profile
from proofs.loading import load
from tests.databases import SECRET, PostgreSQL, SQLite, running_postgresql, sqlite_files
from tests.door import PASSWORD, Door
from tests.serving import serving

KINDS = ("sqlite", "postgresql")
A_MILLION = 1_000_000
ADMIN = "admin@example.com"

# The client's own limit would make a queue of what is meant to arrive together. Idle connections go before the service
# hangs up, which it does after five seconds.
EVERYBODY_AT_ONCE = httpx.Limits(max_connections=None, keepalive_expiry=2)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: what is behind its doors, and the GraphQL door for somebody anonymous and for an admin."""

    settings: Settings
    services: Services
    door: Door
    as_admin: Door


@dataclass(frozen=True)
class Stage:
    """The databases of one run of proofs."""

    homes: dict[str, SQLite | PostgreSQL]
    crowded: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def fresh(self, kind: str, population: int = 0) -> AsyncIterator[Settings]:
        """Settings for a service on a new, migrated database, with so many users in it."""
        url = await self.homes[kind].fresh()
        settings = settings_for(url)
        try:
            await load(settings, population)
            yield settings
        finally:
            await self.homes[kind].drop(url)

    async def with_a_million(self, kind: str) -> Settings:
        """Settings for a service on the database with a million users, which the proofs share and leave as it is."""
        if kind not in self.crowded:
            url = await self.homes[kind].fresh()
            await load(settings_for(url), A_MILLION)
            self.crowded[kind] = url
        return settings_for(self.crowded[kind])

    async def postgresql_version(self) -> str:
        """Such as 18.1."""
        engine = connect(settings_for(await self.homes["postgresql"].empty()))
        try:
            async with engine.connect() as connection:
                return str(await connection.scalar(text("SHOW server_version"))).split()[0]
        finally:
            await engine.dispose()


@contextmanager
def running_stage() -> Iterator[Stage]:
    """A stage, for as long as the block runs."""
    with running_postgresql() as postgresql, sqlite_files() as sqlite:
        yield Stage({"sqlite": sqlite, "postgresql": postgresql})


def settings_for(url: str, **otherwise: Any) -> Settings:
    """Settings as they come, on this database."""
    usual = {"worker": False, "database_url": url, "secret": SECRET, "data_dir": Path(), "_env_file": None}
    return Settings(**{**usual, **otherwise})


@asynccontextmanager
async def a_service(settings: Settings) -> AsyncIterator[Service]:
    """The service with these settings, on a real socket, with a pool that has connected to nothing yet."""
    app = create_app(settings)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=60, limits=EVERYBODY_AT_ONCE) as http:
        door = Door(http)
        yield Service(settings, app.state.services, door, door)


@asynccontextmanager
async def an_administered_service(settings: Settings) -> AsyncIterator[Service]:
    """The same, with an admin who has signed in."""
    async with a_service(settings) as service:
        if not await service.services.administration.has_admin():
            await service.services.administration.create(OPERATOR, ADMIN, Profile(), password=PASSWORD, is_admin=True)
        login = {"email": ADMIN, "password": PASSWORD}
        tokens = (await service.door.done("login", login, "tokens { accessToken }"))["tokens"]
        yield Service(service.settings, service.services, service.door, service.door.showing(tokens["accessToken"]))


@asynccontextmanager
async def an_engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The proof's own connections to the database of a service."""
    engine = connect(settings)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def a_driver(settings: Settings) -> AsyncIterator[Driver]:
    """The driver of a service, without the service."""
    driver = drive(settings)
    try:
        yield driver
    finally:
        await driver.close()
