"""Facts about rights: they are what the database says at each request, whatever the token was made for."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from gql_users import Settings, create_app
from gql_users.access import OPERATOR
from gql_users.models import User
from gql_users.repositories.database import connect
from gql_users.services import Services
from tests.door import Door, Person, SettableClock
from tests.serving import serving

EVERYBODY = "{ users { totalCount } }"


@pytest.fixture
async def another_admin(door: Door, services: Services) -> Person:
    """So that the other one can go."""
    person = await door.register("second@example.com")
    await services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
    return person


async def test_a_promoted_members_token_works_at_once(door: Door, a_member: Person, an_admin: Person) -> None:
    member = door.as_(a_member)
    assert (await member.refused(EVERYBODY))["extensions"] == {"code": "FORBIDDEN"}

    await door.as_(an_admin).done("setUserAdmin", {"id": a_member.id, "isAdmin": True})

    assert (await member.ask(EVERYBODY))["users"]["totalCount"] == 2
    assert (await member.http.get("/api/v1/admin/users", headers=member.headers)).status_code == 200


async def test_a_demoted_admins_token_stops_at_once(door: Door, an_admin: Person, another_admin: Person) -> None:
    demoted = door.as_(another_admin)
    assert await demoted.ask(EVERYBODY)

    await door.as_(an_admin).done("setUserAdmin", {"id": another_admin.id, "isAdmin": False})

    gone = {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
    assert (await demoted.refused(EVERYBODY))["extensions"] == gone
    assert (await door.http.get("/api/v1/admin/users", headers=demoted.headers)).status_code == 401


async def test_rights_are_not_in_the_token(
    door: Door, an_admin: Person, settings: Settings, clock: SettableClock
) -> None:
    admin = door.as_(an_admin)
    async with serving(create_app(settings, clock=clock)) as elsewhere:
        engine = connect(settings)
        async with engine.begin() as connection:
            await connection.execute(update(User).where(User.id == an_admin.database_id).values(is_admin=False))
        await engine.dispose()

        here = await admin.refused(EVERYBODY)
        there = await admin.http.get(f"{elsewhere}/api/v1/admin/users", headers=admin.headers)

    assert here["extensions"] == {"code": "FORBIDDEN"}
    assert there.status_code == 403
