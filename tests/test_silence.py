"""Facts about a server that says nothing: whoever has waited long enough gives up, and nobody else does."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from gql_users.errors import Unavailable
from gql_users.repositories import database
from gql_users.repositories.driver import drive
from gql_users.repositories.silence import Silence
from gql_users.repositories.unit_of_work import UnitsOfWork
from tests.conftest import MakeSettings
from tests.test_driver import ONE, POSTGRESQL, SLEEP


class _Waiting:
    gave_up = False

    def give_up(self) -> None:
        self.gave_up = True


async def test_who_waits_too_long_gives_up_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.3)
    silence, early, answered, late = Silence(), _Waiting(), _Waiting(), _Waiting()

    silence.begin(early)
    silence.begin(answered)
    silence.end(answered)
    await asyncio.sleep(0.2)
    silence.begin(late)
    await asyncio.sleep(0.2)
    first = early.gave_up, answered.gave_up, late.gave_up
    await asyncio.sleep(0.2)

    assert (first, late.gave_up) == ((True, False, False), True)


async def test_who_asks_again_begins_to_wait_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.3)
    silence, busy, silent = Silence(), _Waiting(), _Waiting()

    silence.begin(busy)
    silence.begin(silent)
    for _ in range(4):
        await asyncio.sleep(0.1)
        silence.begin(busy)

    assert (busy.gave_up, silent.gave_up) == (False, True)


def test_who_begins_in_another_event_loop_gives_up_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.1)
    silence, first, second = Silence(), _Waiting(), _Waiting()

    async def wait(waiting: _Waiting, seconds: float) -> None:
        silence.begin(waiting)
        await asyncio.sleep(seconds)
        silence.forget()

    asyncio.run(wait(first, 0))
    asyncio.run(wait(second, 0.3))

    assert (first.gave_up, second.gave_up) == (False, True)


@POSTGRESQL
async def test_a_silence_is_not_asked_twice(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.3)
    driver = drive(make_settings(pool_size=2))
    await asyncio.gather(driver.rows(ONE), driver.rows(ONE))
    begun = asyncio.get_running_loop().time()

    with pytest.raises(Unavailable):
        await driver.rows(SLEEP, seconds=20)

    assert asyncio.get_running_loop().time() - begun < 0.55
    await driver.close()


@POSTGRESQL
async def test_a_silence_in_a_unit_of_work_ends_it_and_nothing_of_it_stays(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.3)
    driver = drive(make_settings(pool_size=1))
    units = UnitsOfWork(driver)

    async def wait_in_vain() -> None:
        async with units() as work:
            await work.users.skip_number()
            await work.users._executor.rows(SLEEP, seconds=20)

    with pytest.raises(Unavailable):
        await wait_in_vain()

    assert (await driver.rows(ONE))[0].one == 1
    await driver.close()


@POSTGRESQL
async def test_what_is_given_up_by_somebody_is_no_silence(make_settings: MakeSettings) -> None:
    driver = drive(make_settings(pool_size=1))

    given_up = asyncio.create_task(driver.rows(SLEEP, seconds=20))
    await asyncio.sleep(0.2)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    with pytest.raises(asyncpg.DataError):
        await driver.rows(SLEEP, seconds="long")

    assert (await driver.rows(ONE))[0].one == 1
    await driver.close()
