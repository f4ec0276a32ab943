"""Users by the million, made inside PostgreSQL: the same ones every time, all with one password."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from passlib.hash import argon2
from sqlalchemy import text

from gql_users.repositories.database import connect
from gql_users.repositories.migrations import Migrations
from gql_users.settings import Settings

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"

PASSWORD = "correct horse battery staple"
HURRIED = ("SET statement_timeout = 0", "SET maintenance_work_mem = '1GB'", "SET synchronous_commit = off")
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'users' AND indexname LIKE 'ix%'"

FIRST_NAMES = "Ada Ben Cleo Dan Eva Finn Gina Hugo Ines Jan Kira Leo Mia Nils Olga Paul"
LAST_NAMES = "Adler Brandt Conrad Dietz Engel Fuchs Graf Horn Iven Jost Kern Lang Moser Nolte Otto Pohl Quast Reuter"

# The account of number n came n-th; every 50th is closed, and every third has no username. The first
# is an admin.
USERS = """
INSERT INTO users (
    id, email, email_key, email_verified_at, username, username_key, name, name_key, first_name, last_name, age, locale,
    password_hash, is_admin, deactivated_at, last_login_at, version, created_at, updated_at
)
SELECT
    number, 'User' || number || '@example.com', 'user' || number || '@example.com',
    CASE WHEN number % 2 = 0 THEN created_at END,
    CASE WHEN number % 3 > 0 THEN 'user.' || number END, CASE WHEN number % 3 > 0 THEN 'user.' || number END,
    first_name || ' ' || last_name, lower(first_name || ' ' || last_name), first_name, last_name,
    18 + number % 60, CASE WHEN number % 4 = 0 THEN 'en' END, :password_hash, number = 1,
    CASE WHEN number % 50 = 0 THEN created_at END,
    CASE WHEN number % 5 > 0 THEN created_at + interval '1 hour' * (number % 100) END,
    1, created_at, created_at + interval '1 hour' * (number % 200)
FROM (
    SELECT
        number, date_trunc('second', timestamptz '2020-01-01Z' + number * (interval '5 years' / :count)) AS created_at,
        (string_to_array(:first_names, ' '))[1 + number % 16] AS first_name,
        (string_to_array(:last_names, ' '))[1 + number / 16 % 18] AS last_name
    FROM generate_series(1, :count) AS number
) AS people
"""


def made_as() -> str:
    """What tells databases apart that were made by other migrations or otherwise."""
    migrations = b"".join(file.read_bytes() for file in sorted(VERSIONS.glob("*.py")))
    return blake2b(migrations + Path(__file__).read_bytes(), digest_size=6).hexdigest()


def password_hash() -> str:
    """A hash of everybody's password, made as this service makes them."""
    settings = Settings(_env_file=None)
    scheme = argon2.using(
        type="ID",
        memory_cost=settings.argon2_memory_kib,
        time_cost=settings.argon2_iterations,
        parallelism=settings.argon2_parallelism,
        digest_size=32,
    )
    return str(scheme.hash(PASSWORD))


async def seed(url: str, count: int) -> None:
    """Fill a new database with so many users, through the real tables, and leave it as it would be some time later."""
    settings = Settings(database_url=url, secret=PASSWORD + PASSWORD, _env_file=None)
    people = {
        "count": count,
        "password_hash": password_hash(),
        "first_names": FIRST_NAMES,
        "last_names": LAST_NAMES,
    }
    engine = connect(settings, patiently=True)
    try:
        await Migrations(engine).upgrade()
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in HURRIED:
                await connection.execute(text(statement))
            indexes = (await connection.execute(text(INDEXES))).all()
            for name, _ in indexes:
                await connection.execute(text(f"DROP INDEX {name}"))
            await connection.execute(text(USERS), people)
            await connection.execute(text("SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users"))
            for _, definition in indexes:
                await connection.exec_driver_sql(definition)
            await connection.execute(text("VACUUM (ANALYZE, FREEZE)"))
            await connection.execute(text("CHECKPOINT"))
    finally:
        await engine.dispose()
