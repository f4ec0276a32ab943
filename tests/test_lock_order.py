"""Facts about who locks what in which order on PostgreSQL: an account, its letters, their secrets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gql_users import Settings
from gql_users.repositories.database import connect
from tests.door import Door, Person, SettableClock
from tests.postbox import Post
from tests.ways import MOVING, Way, each_way

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
ACCOUNT = "SELECT id FROM users WHERE id = :user_id FOR NO KEY UPDATE"
LETTERS = "SELECT id FROM letters WHERE user_id = :user_id AND sent_at IS NULL FOR UPDATE"
# Whoever writes a secret down says whose it is, and PostgreSQL makes sure of that person.
ITS_OWNER = "SELECT id FROM users WHERE id = :user_id FOR KEY SHARE NOWAIT"
SECRETS = "SELECT id FROM one_time_tokens WHERE user_id = :user_id FOR UPDATE NOWAIT"


@asynccontextmanager
async def a_transaction(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """Somebody else's, rolled back in the end."""
    engine = connect(settings)
    try:
        async with engine.connect() as connection:
            yield connection
            await connection.rollback()
    finally:
        await engine.dispose()


async def meanwhile(
    settings: Settings, person: Person, deed: Callable[[], Awaitable[Any]], *, held: str, wanted: tuple[str, ...]
) -> Any:
    """What becomes of a deed that waits for what is held, while who holds it takes what it wants without waiting."""
    about = {"user_id": person.database_id}
    async with a_transaction(settings) as holder, asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        assert (await holder.execute(text(held), about)).all()
        doing = tasks.create_task(_done(deed))
        async with a_transaction(settings) as watcher:
            while not await watcher.scalar(text(WAITING)):
                await watcher.rollback()
                await asyncio.sleep(0.01)
        for each in wanted:
            assert (await holder.execute(text(each), about)).all()
        await holder.rollback()
        return await doing


async def _done(deed: Callable[[], Awaitable[Any]]) -> Any:
    return await deed()


@each_way
async def test_what_waits_for_an_account_holds_none_of_its_secrets(
    door: Door, post: Post, a_member: Person, settings: Settings, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    done = await meanwhile(settings, a_member, lambda: way.by_token(door, mail.token), held=ACCOUNT, wanted=(SECRETS,))

    assert done == []


@pytest.mark.parametrize("deed", ["patchUser", "confirmEmailChange", "logout"])
async def test_what_waits_for_a_letter_leaves_its_account_and_its_secrets_to_the_worker_that_has_the_letter(
    door: Door, post: Post, as_admin: Door, a_member: Person, settings: Settings, clock: SettableClock, deed: str
) -> None:
    mail = await MOVING.letter(door, post, a_member)
    clock.advance(timedelta(minutes=1))
    await MOVING.ask(door, a_member)
    said = {
        "patchUser": {"id": a_member.id, "email": "new@example.com"},
        "confirmEmailChange": {"token": mail.token},
        "logout": {"refreshToken": a_member.refresh_token, "scope": "ALL"},
    }

    done = await meanwhile(
        settings, a_member, lambda: as_admin.codes(deed, said[deed]), held=LETTERS, wanted=(SECRETS, ITS_OWNER)
    )

    assert done == []
