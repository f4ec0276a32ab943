"""Facts about deadlines: one timer for many, and nobody else's cancellation is taken for lateness."""

from __future__ import annotations

import asyncio

import pytest

from gql_users.errors import TookTooLong
from gql_users.graphql.deadlines import Deadlines


async def forever() -> None:
    """Takes too long."""
    await asyncio.Event().wait()


async def at_once() -> str:
    """Takes no time."""
    return "done"


async def test_what_is_done_in_time_is_answered() -> None:
    deadlines = Deadlines(60)

    assert [await deadlines.keep(at_once()), await deadlines.keep(at_once())] == ["done", "done"]


async def test_whatever_takes_too_long_is_ended_and_the_others_are_not() -> None:
    deadlines = Deadlines(0.05)

    late = await asyncio.gather(*(deadlines.keep(forever()) for _ in range(20)), return_exceptions=True)
    again = await asyncio.gather(deadlines.keep(forever()), deadlines.keep(at_once()), return_exceptions=True)

    assert {type(each) for each in late} == {TookTooLong}
    assert (type(again[0]), again[1]) == (TookTooLong, "done")


async def test_who_begins_later_is_ended_later() -> None:
    deadlines, ended = Deadlines(0.05), []

    async def one(name: str) -> None:
        with pytest.raises(TookTooLong):
            await deadlines.keep(forever())
        ended.append(name)

    first = asyncio.create_task(one("first"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(one("second"))
    await asyncio.gather(first, second)

    assert ended == ["first", "second"]


async def test_a_cancellation_from_elsewhere_stays_one() -> None:
    deadlines = Deadlines(60)
    task = asyncio.create_task(deadlines.keep(forever()))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_is_handed_on() -> None:
    async def failing() -> None:
        raise KeyError("what")

    with pytest.raises(KeyError):
        await Deadlines(60).keep(failing())


async def test_who_was_late_and_answers_all_the_same_is_not_cancelled_any_more() -> None:
    async def stubborn() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            return "late"
        return "never"

    answer = await Deadlines(0.05).keep(stubborn())
    task = asyncio.current_task()

    assert answer == "late"
    assert task is not None
    assert task.cancelling() == 0


def test_deadlines_hold_in_one_event_loop_after_the_other() -> None:
    deadlines = Deadlines(0.05)

    assert asyncio.run(deadlines.keep(at_once())) == "done"
    with pytest.raises(TookTooLong):
        asyncio.run(deadlines.keep(forever()))
