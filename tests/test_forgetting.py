"""Facts about forgetting: what is long over leaves, what still counts stays, and nothing stops the worker."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from gql_users import Settings, create_app
from gql_users.access import OPERATOR
from gql_users.events import id_at
from gql_users.models import Attempt, Base, Event, Letter, Session, SigningKey
from gql_users.repositories.database import connect
from gql_users.services import Services
from gql_users.services.forgetting import PORTION
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock

A_MOMENT = timedelta(microseconds=1)
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """The audit log remembers a month, sessions live for ten days."""
    return make_settings(
        events_retention=timedelta(days=30),
        session_idle_lifetime=timedelta(days=10),
        session_absolute_lifetime=timedelta(days=10),
    )


async def count(settings: Settings, model: type[Base]) -> int:
    """How many rows a table has."""
    engine = connect(settings)
    async with engine.connect() as connection:
        counted = await connection.scalar(select(func.count()).select_from(model))
    await engine.dispose()
    return counted or 0


async def change_tables(settings: Settings, statement: Any, rows: list[dict[str, Any]] | None = None) -> None:
    """Do something to the tables behind the service's back."""
    engine = connect(settings)
    async with engine.begin() as connection:
        await connection.execute(statement, rows)
    await engine.dispose()


def events_at(moment: datetime, many: int) -> list[dict[str, Any]]:
    """Rows of as many events at one moment."""
    return [{"id": id_at(moment), "kind": "REFRESHED", "occurred_at": moment} for _ in range(many)]


def letters_at(moment: datetime, many: int, **ended: datetime) -> list[dict[str, Any]]:
    """Rows of as many letters of one moment."""
    usual = {"kind": "PASSWORD_CHANGED", "address": "ann@example.com", "attempts": 0, "created_at": moment}
    return [{"id": id_at(moment), **usual, "due_at": moment, **ended} for _ in range(many)]


async def test_events_leave_after_their_retention_and_not_before(
    door: Door, services: Services, clock: SettableClock, settings: Settings
) -> None:
    await door.register("ann@example.com")
    told = await count(settings, Event)
    clock.advance(timedelta(days=30))

    await services.forgetting.run()
    kept = await count(settings, Event)
    clock.advance(timedelta(milliseconds=1))
    await services.forgetting.run()

    assert (kept, await count(settings, Event)) == (told, 0)


async def test_sessions_leave_a_day_after_they_ended_and_live_ones_stay(
    door: Door, services: Services, clock: SettableClock, settings: Settings
) -> None:
    ended = await door.register("ended@example.com")
    live = await door.register("live@example.com")
    await door.done("logout", {"refreshToken": ended.refresh_token})
    clock.advance(timedelta(days=1))

    await services.forgetting.run()
    kept = await count(settings, Session)
    clock.advance(A_MOMENT)
    await services.forgetting.run()

    assert (kept, await count(settings, Session)) == (2, 1)
    await door.done("refresh", {"refreshToken": live.refresh_token})
    clock.advance(timedelta(days=9))
    await services.forgetting.run()
    assert await count(settings, Session) == 1
    clock.advance(timedelta(days=1))
    await services.forgetting.run()
    assert await count(settings, Session) == 0


async def test_attempts_leave_when_they_count_no_more(
    door: Door, services: Services, clock: SettableClock, settings: Settings
) -> None:
    wrong = {"email": "ann@example.com", "password": "wrong"}
    for _ in range(10):
        await door.codes("login", wrong)
    clock.advance(timedelta(minutes=5))

    await services.forgetting.run()

    assert await count(settings, Attempt) == 2  # the account and its network
    await door.codes("login", wrong)
    assert await door.codes("login", wrong) == [("RATE_LIMITED", None)]
    clock.advance(timedelta(days=1) + A_MOMENT)
    await services.forgetting.run()
    assert await count(settings, Attempt) == 0
    assert await door.codes("login", wrong) == [("INVALID_CREDENTIALS", None)]


async def test_retired_keys_leave_when_their_last_token_is_over(
    door: Door, services: Services, clock: SettableClock, settings: Settings
) -> None:
    person = await door.register("ann@example.com")
    await services.signing_keys.rotate(OPERATOR)
    clock.advance(timedelta(minutes=14))

    await services.forgetting.run()

    assert await count(settings, SigningKey) == 3
    assert (await door.as_(person).ask("{ me { id } }"))["me"] == {"id": person.id}
    clock.advance(timedelta(hours=1))
    await services.forgetting.run()
    assert await count(settings, SigningKey) == 2
    assert await door.done("login", {"email": "ann@example.com", "password": PASSWORD})


async def test_however_much_there_is_to_forget_all_of_it_leaves_a_portion_at_a_time(
    door: Door, services: Services, clock: SettableClock, settings: Settings, statements: list[str]
) -> None:
    person = await door.register("ann@example.com")
    long_ago, many = clock.now() - timedelta(days=31), 2 * PORTION + 1
    young = [await count(settings, model) for model in (Attempt, Event, Letter, Session)]
    times = {"created_at": long_ago, "refreshed_at": long_ago, "expires_at": long_ago}
    sessions = [{"id": id_at(long_ago), "user_id": person.database_id, **times} for _ in range(many)]
    attempts = [{"account": f"{each}", "network": "", "reserved_at": long_ago} for each in range(many)]
    await change_tables(settings, insert(Attempt), attempts)
    await change_tables(settings, insert(Event), events_at(long_ago, many))
    await change_tables(settings, insert(Letter), letters_at(long_ago, many))
    await change_tables(settings, insert(Letter), letters_at(long_ago, many, sent_at=long_ago))
    await change_tables(settings, insert(Letter), letters_at(long_ago, many, given_up_at=long_ago))
    await change_tables(settings, insert(Session), sessions)

    statements.clear()
    await services.forgetting.run()

    assert [await count(settings, model) for model in (Attempt, Event, Letter, Session)] == young
    deletions = [each for each in statements if each.startswith("DELETE") and "signing_keys" not in each]
    assert all("LIMIT" in each for each in deletions)
    assert len(deletions) >= 6 * 3


async def test_several_processes_forget_at_once(settings: Settings, clock: SettableClock, services: Services) -> None:
    another: Services = create_app(settings, clock=clock).state.services
    await change_tables(settings, insert(Event), events_at(clock.now() - timedelta(days=31), PORTION + 1))

    await asyncio.gather(*(each.forgetting.run() for each in (services, another, services, another)))

    assert await count(settings, Event) == 0
    for each in (services, another):
        await each.operation.close()
