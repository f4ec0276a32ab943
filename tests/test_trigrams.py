"""Facts about looking inside text on a PostgreSQL that offers pg_trgm: an index does it.

The PostgreSQL that the other tests run on offers none, so this takes the one of the machine, where there is one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users import Settings
from gql_users.criteria import TextIs, UserFilter
from gql_users.models import User
from gql_users.repositories.database import connect
from gql_users.repositories.migrations import Migrations
from gql_users.repositories.user_conditions import clauses, criteria
from tests.databases import SECRET, PostgreSQL
from tests.migrating import alembic

VERSIONS = sorted((folder.name for folder in Path("/usr/lib/postgresql").glob("*")), key=int, reverse=True)
OFFERING = [each for each in VERSIONS if Path("/usr/share/postgresql", each, "extension/pg_trgm.control").exists()]

TRIGRAMS = {"ix_users_email_key_trigrams", "ix_users_username_key_trigrams", "ix_users_name_key_trigrams"}
EXTENSION = "SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'"
INDEXES = "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'"

# What was just written waits in a list beside the index, and reading that list would be most of the work.
SETTLE = "SELECT gin_clean_pending_list(indexname::regclass) FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'"

NEEDLE = TextIs(contains="needle")
LOOKING = {"email": UserFilter(email=NEEDLE), "username": UserFilter(username=NEEDLE), "name": UserFilter(name=NEEDLE)}

# Enough people that reading them all would take longer than an index, one of whom is looked for.
FILL = """
INSERT INTO users (email, email_key, username, username_key, name, name_key, is_admin, version, created_at, updated_at)
SELECT key, key, key, key, key, key, false, 1, now(), now()
FROM (SELECT CASE n WHEN 451 THEN 'needle' ELSE md5(n::text) END || n AS key FROM generate_series(1, 5000) n) people
"""

pytestmark = pytest.mark.skipif(
    not OFFERING, reason="needs a PostgreSQL with pg_trgm in /usr/lib/postgresql (Debian's)"
)


@pytest.fixture(scope="module")
def machines() -> Iterator[PostgreSQL]:
    """The machine's own PostgreSQL, started for the occasion; it refuses to run as root."""
    user: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
    with TemporaryDirectory(prefix="gql-users-trgm-") as folder:
        if user:
            subprocess.run(["chown", "postgres", folder], check=True)

        def run(program: str, *arguments: str) -> None:
            command = [f"/usr/lib/postgresql/{OFFERING[0]}/bin/{program}", *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **user)

        data = f"{folder}/data"
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield PostgreSQL(Path(folder))
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


@pytest.fixture
async def url(machines: PostgreSQL) -> AsyncIterator[str]:
    """An empty database of it."""
    url = await machines.empty()
    yield url
    await machines.drop(url)


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """A connection to that database."""
    engine = connect(Settings(database_url=url, secret=SECRET, _env_file=None))
    yield engine
    await engine.dispose()


async def asked(engine: AsyncEngine, *statements: str) -> list[str]:
    """The first column of what the last of the statements gives, if it gives anything."""
    async with engine.begin() as connection:
        for statement in statements:
            answer = await connection.exec_driver_sql(statement)
        return [str(value) for value in answer.scalars()] if answer.returns_rows else []


async def plan_of(engine: AsyncEngine, wanted: UserFilter) -> str:
    """How the database would find those who match, if it may not read the whole table."""
    asked_for = criteria(wanted)
    statement = select(User.id).where(*clauses(asked_for.conditions)).params(**asked_for.values)
    written = statement.compile(engine.sync_engine, compile_kwargs={"literal_binds": True})
    return "\n".join(await asked(engine, "SET LOCAL enable_seqscan = off", f"EXPLAIN {written}"))


async def test_the_migration_brings_the_extension_and_an_index_for_each_key(engine: AsyncEngine) -> None:
    await Migrations(engine).upgrade()

    assert await asked(engine, EXTENSION) == ["pg_trgm"]
    assert set(await asked(engine, INDEXES)) == TRIGRAMS


async def test_an_extension_that_is_there_already_is_used(engine: AsyncEngine) -> None:
    await asked(engine, "CREATE EXTENSION pg_trgm")

    await Migrations(engine).upgrade()

    assert set(await asked(engine, INDEXES)) == TRIGRAMS


@pytest.mark.parametrize("column", LOOKING)
async def test_what_contains_a_text_is_found_by_index(engine: AsyncEngine, column: str) -> None:
    await Migrations(engine).upgrade()
    await asked(engine, FILL, SETTLE, "ANALYZE users")

    plan = await plan_of(engine, LOOKING[column])

    assert f"Bitmap Index Scan on ix_users_{column}_key_trigrams" in plan
    assert "Seq Scan" not in plan


async def test_a_search_uses_all_three_indexes(engine: AsyncEngine) -> None:
    await Migrations(engine).upgrade()
    await asked(engine, FILL, SETTLE, "ANALYZE users")

    plan = await plan_of(engine, UserFilter(some=tuple(LOOKING.values())))

    assert "BitmapOr" in plan
    assert {index for index in TRIGRAMS if index in plan} == TRIGRAMS


async def test_the_models_still_say_what_the_migrations_make(engine: AsyncEngine) -> None:
    await Migrations(engine).upgrade()

    await alembic(engine, command.check)


async def test_going_down_and_up_again_works(engine: AsyncEngine) -> None:
    await Migrations(engine).upgrade()

    await alembic(engine, lambda config: command.downgrade(config, "base"))
    await Migrations(engine).upgrade()

    assert set(await asked(engine, INDEXES)) == TRIGRAMS


async def test_who_may_not_add_the_extension_migrates_without_it(engine: AsyncEngine, url: str) -> None:
    await asked(engine, "DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN", "GRANT ALL ON SCHEMA public TO plain")
    plain = connect(Settings(database_url=url.replace("postgres@", "plain@"), secret=SECRET, _env_file=None))

    await Migrations(plain).upgrade()

    assert await asked(plain, INDEXES) == await asked(plain, EXTENSION) == []
    assert await asked(plain, "SELECT count(*) FROM users") == ["0"]
    await plain.dispose()
