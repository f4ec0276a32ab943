"""Facts about the pool: connections are made one at a time, and none, and nobody's turn, is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from gql_users.repositories import database
from gql_users.repositories.pool import Pool
from tests.databases import PostgreSQL

Connect = Callable[[], Awaitable[Any]]


class AwayError(Exception):
    """What connecting raises while the server is away."""


class Server:
    """Connects to a real one, notes how many do so at once, and can be away for some."""

    def __init__(self, databases: PostgreSQL) -> None:
        self._where = {"user": "postgres", "database": "postgres", "host": str(databases.folder)}
        self.made: list[Any] = []
        self.at_once = self.most_at_once = self.away_for = 0

    async def connect(self) -> Any:
        """A connection, after a while."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0.01)
            if self.away_for:
                self.away_for -= 1
                raise AwayError
            self.made.append(await asyncpg.connect(**self._where))
        finally:
            self.at_once -= 1
        return self.made[-1]


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


@pytest.fixture
async def server(databases: PostgreSQL) -> AsyncIterator[Server]:
    """A server, all connections to which are closed in the end."""
    server = Server(databases)
    yield server
    for each in server.made:
        each.terminate()


async def use(pool: Pool) -> Any:
    """Take a connection, use it, and give it back."""
    connection = await pool.take()
    try:
        return await connection.fetchval("SELECT 1")
    finally:
        pool.give_back(connection)


async def test_a_crowd_makes_one_connection_at_a_time_and_all_are_served(server: Server) -> None:
    pool = Pool(server.connect, 5)

    said = await asyncio.gather(*(use(pool) for _ in range(200)))

    assert said == [1] * 200
    assert server.most_at_once == 1
    assert 1 <= len(server.made) <= 5


async def test_those_who_keep_theirs_get_as_many_as_there_may_be_and_one_more_has_to_wait(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL_WAIT_S", 0.2)
    pool = Pool(server.connect, 4)
    taken = await asyncio.gather(*(pool.take() for _ in range(4)))

    with pytest.raises(TimeoutError):
        await pool.take()
    waiting = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    pool.give_back(taken[2])

    assert len({*map(id, taken)}) == 4
    assert await waiting is taken[2]


async def test_a_pool_that_was_filled_makes_nobody_wait(server: Server) -> None:
    pool = Pool(server.connect, 3)
    await pool.fill()
    before = len(server.made)

    taken = [await pool.take() for _ in range(3)]

    assert before == len(server.made) == 3
    assert {*map(id, taken)} == {*map(id, server.made)}


@pytest.mark.parametrize("size", [1, 3])
async def test_who_gives_up_as_they_are_given_one_lets_the_next_have_it(server: Server, size: int) -> None:
    pool = Pool(server.connect, size)
    taken = [await pool.take() for _ in range(size)]
    first, second = (asyncio.create_task(pool.take()) for _ in range(2))
    await asyncio.sleep(0)

    pool.give_back(taken[0])
    first.cancel()

    assert await second is taken[0]


async def test_who_gives_up_as_it_is_their_turn_to_make_one_lets_the_next_make_it(server: Server) -> None:
    pool = Pool(server.connect, 1)
    taken = await pool.take()
    first, second = (asyncio.create_task(pool.take()) for _ in range(2))
    await asyncio.sleep(0)

    taken.terminate()
    pool.give_back(taken)
    first.cancel()

    assert await second is server.made[1]


async def test_who_cannot_connect_lets_the_next_try(server: Server) -> None:
    pool = Pool(server.connect, 2)
    server.away_for = 3

    said = await asyncio.gather(*(use(pool) for _ in range(10)), return_exceptions=True)

    assert [type(each) for each in said].count(AwayError) == 3
    assert said.count(1) == 7
    assert [await use(pool), await use(pool)] == [1, 1]


async def test_giving_up_at_any_moment_loses_nothing(server: Server) -> None:
    pool = Pool(server.connect, 2)

    for ticks in range(60):
        crowd = [asyncio.create_task(use(pool)) for _ in range(6)]
        for _ in range(ticks % 12):
            await asyncio.sleep(0)
        await asyncio.sleep(0.0005 * (ticks % 7))
        for each in crowd[ticks % 3 :: 2]:
            each.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)

    taken = await asyncio.gather(pool.take(), pool.take())
    assert taken[0] is not taken[1]


async def test_one_that_was_closed_is_replaced_and_given_back_once(server: Server) -> None:
    pool = Pool(server.connect, 2)
    await pool.fill()
    closed = await pool.take()
    closed.terminate()

    renewed = await pool.renew(closed)
    for each in (closed, renewed, renewed, closed):
        pool.give_back(each)

    assert all(each.is_closed() for each in server.made[:2])
    assert len({id(each) for each in await asyncio.gather(pool.take(), pool.take())}) == 2
