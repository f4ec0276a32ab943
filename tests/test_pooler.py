"""Facts about a service behind PgBouncer in transaction mode, where each transaction may be on another session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import ValidationError

from gql_users import Settings, create_app
from gql_users.access import OPERATOR
from gql_users.repositories.database import connect
from gql_users.repositories.migrations import Migrations
from tests.conftest import MakeSettings
from tests.databases import SECRET, PostgreSQL
from tests.door import PASSWORD, Door
from tests.following import a_stream
from tests.pooler import NEEDS_PGBOUNCER, pgbouncer
from tests.serving import serving

POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
MANY = 40


@pytest.fixture
async def pooled(databases: PostgreSQL, database_url: str, make_settings: MakeSettings) -> AsyncIterator[Settings]:
    """Settings for a service that reaches its database through PgBouncer."""
    async with pgbouncer(databases.folder) as folder:
        through = database_url.partition("?")[0] + f"?host={folder}&port=6432"
        yield make_settings(database_url=through, database_direct_url=database_url, pool_size=8)


@NEEDS_PGBOUNCER
@POSTGRESQL
async def test_many_at_once_sign_in_ask_and_change_through_few_sessions(pooled: Settings) -> None:
    app = create_app(pooled)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        door = Door(http)
        people = await asyncio.gather(*(door.register(f"{n}@example.com") for n in range(MANY)))
        await app.state.services.administration.set_admin(OPERATOR, people[0].database_id, is_admin=True)

        async def live(number: int) -> tuple[int, int]:
            me = door.as_(people[number])
            for age in (20, 21):
                await me.done("patchUser", {"id": people[number].id, "age": age})
            await door.done("login", {"email": f"{number}@example.com", "password": PASSWORD})
            seen = (await me.ask("{ me { age sessions { totalCount } } }"))["me"]
            return seen["age"], seen["sessions"]["totalCount"]

        lives = await asyncio.gather(*(live(n) for n in range(MANY)))
        everybody = await door.as_(people[0]).ask("{ users(first: 100) { totalCount nodes { age } } }")

    assert set(lives) == {(21, 2)}
    assert everybody == {"users": {"totalCount": MANY, "nodes": [{"age": 21}] * MANY}}


@NEEDS_PGBOUNCER
@POSTGRESQL
async def test_changes_are_heard_past_the_pooler(pooled: Settings) -> None:
    app = create_app(pooled)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        door = Door(http)
        person = await door.register("ann@example.com")
        async with a_stream(door.as_(person)) as stream:
            await door.as_(person).done("patchUser", {"id": person.id, "age": 30})

            change = await stream.change()

    assert change["kind"] == "UPDATED"


@NEEDS_PGBOUNCER
@POSTGRESQL
async def test_tables_are_made_through_the_pooler(databases: PostgreSQL, pooled: Settings) -> None:
    url = await databases.empty()
    name = url.partition("?")[0]
    through = f"{name}?{pooled.database.partition('?')[2]}"
    engine = connect(Settings(database_url=through, database_direct_url=url, secret=SECRET, _env_file=None))

    applied = await Migrations(engine).upgrade()

    assert await Migrations(engine).current() == applied[-1]
    await engine.dispose()
    await databases.drop(url)


def test_a_pooler_is_for_postgresql() -> None:
    with pytest.raises(ValidationError, match="GQL_USERS_DATABASE_DIRECT_URL"):
        Settings(database_direct_url="postgresql://host/users", secret=SECRET, _env_file=None)
