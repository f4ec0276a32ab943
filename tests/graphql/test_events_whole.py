"""Facts about the change and what is told of it: both are written, or neither."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from gql_users import Settings
from gql_users.repositories.database import connect
from tests.door import PASSWORD, Door, Person

Deed = tuple[Door, str, dict[str, Any]]


def broken(table: str, kind: str) -> tuple[list[str], list[str]]:
    """How a table takes nothing any more, though it can be read; and how it does again."""
    if kind == "postgresql":
        raising = "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'"
        trigger = "CREATE TRIGGER broken BEFORE INSERT OR UPDATE OR DELETE ON"
        return [raising, f"{trigger} {table} FOR EACH ROW EXECUTE FUNCTION broken()"], ["DROP FUNCTION broken CASCADE"]
    ways = ("INSERT", "UPDATE", "DELETE")
    return (
        [
            f"CREATE TRIGGER broken_{way} BEFORE {way} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            for way in ways
        ],
        [f"DROP TRIGGER broken_{way}" for way in ways],
    )


@asynccontextmanager
async def breaking(engine: AsyncEngine, table: str) -> AsyncIterator[None]:
    """A table that takes nothing while the block runs."""
    breaks, mends = broken(table, engine.dialect.name)
    await run(engine, breaks)
    yield
    await run(engine, mends)


async def run(engine: AsyncEngine, statements: Sequence[str]) -> None:
    """Do something to the tables behind the service's back."""
    async with engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def rows(engine: AsyncEngine, *tables: str) -> list[tuple[Any, ...]]:
    """All that is in these tables."""
    async with engine.connect() as connection:
        return [
            tuple(row)
            for table in tables
            for row in await connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))
        ]


async def fails(door: Door, deed: str, given: dict[str, Any]) -> bool:
    """Does a deed come to nothing, by a fault of ours?"""
    query = f"mutation ($input: {deed[0].upper()}{deed[1:]}Input!) {{ {deed}(input: $input) {{ errors {{ code }} }} }}"
    error = await door.refused(query, input=given)
    return bool(error["extensions"]["code"] == "INTERNAL_SERVER_ERROR")


async def test_what_cannot_be_told_is_not_done(
    door: Door, as_admin: Door, a_member: Person, another_member: Person, settings: Settings
) -> None:
    session = (await door.as_(a_member).ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"][0]
    other = {"id": another_member.id}
    deeds: list[Deed] = [
        (door, "register", {"email": "new@example.com", "password": PASSWORD}),
        (door, "login", {"email": a_member.email, "password": PASSWORD}),
        (door, "refresh", {"refreshToken": a_member.refresh_token}),
        (door, "logout", {"refreshToken": a_member.refresh_token}),
        (door, "logout", {"refreshToken": a_member.refresh_token, "scope": "ALL"}),
        (door.as_(a_member), "changePassword", {"currentPassword": PASSWORD, "newPassword": "another horse"}),
        (door.as_(a_member), "patchUser", {"id": a_member.id, "age": 30}),
        (door.as_(a_member), "revokeSession", session),
        (as_admin, "createUser", {"email": "new@example.com"}),
        (as_admin, "setUserAdmin", {**other, "isAdmin": True}),
        (as_admin, "unlockUser", other),
        (as_admin, "deactivateUser", other),
        (as_admin, "deleteUser", other),
    ]
    engine = connect(settings)
    before = await rows(engine, "users", "sessions", "events")

    async with breaking(engine, "events"):
        for deed in deeds:
            assert await fails(*deed), deed[1]

    assert await rows(engine, "users", "sessions", "events") == before
    await engine.dispose()
    await door.register("new@example.com")


async def test_what_is_not_done_is_not_told(
    door: Door, as_admin: Door, a_member: Person, another_member: Person, settings: Settings
) -> None:
    deeds: list[Deed] = [
        (door, "register", {"email": "new@example.com", "password": PASSWORD}),
        (door, "login", {"email": a_member.email, "password": PASSWORD}),
        (door, "refresh", {"refreshToken": a_member.refresh_token}),
        (door.as_(a_member), "changePassword", {"currentPassword": PASSWORD, "newPassword": "another horse"}),
        (as_admin, "deactivateUser", {"id": another_member.id}),  # told first, and then its sessions cannot end
    ]
    engine = connect(settings)
    # Another session of the same person, for a change of password to end.
    await door.done("login", {"email": a_member.email, "password": PASSWORD})
    before = await rows(engine, "users", "sessions", "events")

    async with breaking(engine, "sessions"):
        for deed in deeds:
            assert await fails(*deed), deed[1]

    assert await rows(engine, "users", "sessions", "events") == before
    await engine.dispose()
