"""A mutation that fails, refused or broken halfway, leaves the database as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from proofs.findings import Finding, all_of
from proofs.outcomes import DONE, outcome
from proofs.stage import KINDS, Service, Stage, an_administered_service, an_engine
from tests.door import PASSWORD, Door, Person

ANOTHER = "another horse battery"

# Whatever a deed writes about sessions comes after what it writes about users: it breaks in between.
BREAK = {
    "postgresql": (
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'",
        "CREATE TRIGGER broken BEFORE INSERT OR UPDATE OR DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION broken()",
    ),
    "sqlite": tuple(
        f"CREATE TRIGGER broken_{deed} BEFORE {deed} ON sessions BEGIN SELECT RAISE(ABORT, 'broken'); END"
        for deed in ("INSERT", "UPDATE", "DELETE")
    ),
}
MEND = {
    "postgresql": ("DROP FUNCTION broken CASCADE",),
    "sqlite": tuple(f"DROP TRIGGER broken_{deed}" for deed in ("INSERT", "UPDATE", "DELETE")),
}

Deed = tuple[Door, str, dict[str, Any]]


async def prove(stage: Stage) -> list[Finding]:
    """Tries every deed that writes, in a way that must fail, and compares all rows before and after."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with (
            stage.fresh(kind, population=10) as settings,
            an_administered_service(settings) as service,
            an_engine(settings) as engine,
        ):
            member = await service.door.register("member@example.com", username="member")
            # A second session, for a change of password to end.
            await service.door.done("login", {"email": member.email, "password": PASSWORD})
            myself = (await service.as_admin.ask("{ me { id } }"))["me"]["id"]
            refused = [await _leaves_nothing(engine, *deed) for deed in _to_be_refused(service, myself, member)]
            async with _broken_sessions(kind, engine):
                broken = [await _leaves_nothing(engine, *deed) for deed in _to_break(service, member)]
            mended = (
                await outcome(service.door, "register", {"email": "later@example.com", "password": PASSWORD}) == DONE
            )
        findings += [
            all_of(kind, "refused mutations that leave every row as it was", sum(refused), len(refused)),
            all_of(kind, "mutations broken halfway that leave every row as it was", sum(broken), len(broken)),
            all_of(kind, "registrations that succeed when the database is whole again", mended, 1),
        ]
    return findings


def _to_be_refused(service: Service, myself: str, member: Person) -> list[Deed]:
    taken = {"username": "Member"}
    return [
        (service.door, "register", {"email": "new@example.com", "password": PASSWORD, **taken}),
        (service.door, "register", {"email": "MEMBER@example.com", "password": PASSWORD}),
        (service.as_admin, "createUser", {"email": "new@example.com", **taken}),
        (service.as_admin, "patchUser", {"id": myself, "firstName": "New", **taken}),
        (service.as_admin, "updateUser", {"id": member.id, "name": "New", "expectedVersion": 99}),
        (service.as_admin, "deleteUser", {"id": myself}),
        (service.door.as_(member), "changePassword", {"currentPassword": "wrong", "newPassword": ANOTHER}),
    ]


def _to_break(service: Service, member: Person) -> list[Deed]:
    return [
        (service.door, "register", {"email": "new@example.com", "password": PASSWORD}),
        (service.door, "login", {"email": member.email, "password": PASSWORD}),
        (service.door, "refresh", {"refreshToken": member.refresh_token}),
        (service.as_admin, "deactivateUser", {"id": member.id}),
        (service.as_admin, "deleteUser", {"id": member.id}),
        (service.door.as_(member), "changePassword", {"currentPassword": PASSWORD, "newPassword": ANOTHER}),
    ]


async def _leaves_nothing(engine: AsyncEngine, door: Door, mutation: str, input: dict[str, Any]) -> bool:
    """Does the deed fail, and is every row the same afterwards?"""
    before = await _rows(engine)
    return await outcome(door, mutation, input) != DONE and await _rows(engine) == before


async def _rows(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [
            tuple(row)
            for table in ("users", "sessions")
            for row in await connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))
        ]


@asynccontextmanager
async def _broken_sessions(kind: str, engine: AsyncEngine) -> AsyncIterator[None]:
    """A database that takes nothing new about sessions while the block runs."""
    await _run(engine, BREAK[kind])
    yield
    await _run(engine, MEND[kind])


async def _run(engine: AsyncEngine, statements: tuple[str, ...]) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
