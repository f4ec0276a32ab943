"""What happens by the clock: letters are delivered, and what is long over is forgotten."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gql_users.errors import Unavailable
from gql_users.services import Services
from gql_users.services.delivery import Delivery

log = logging.getLogger("gql_users.worker")

# Somewhere in a span, so that many processes do not all come at once.
LETTERS_S = (0.5, 1.0)
FIRST_FORGETTING_S = (5.0, 60.0)
FORGETTING_S = (1_800.0, 3_600.0)
LONGEST_AFTER_FAILURES_S = 60.0

# Letters that one process has in hand.
AT_ONCE = 10
# With the 15 seconds that requests under way get before, this ends before a container is killed.
FINISHED_WITHIN_S = 30.0


async def work(services: Services, ended: asyncio.Event) -> None:
    """Deliver and forget, again and again, until it is to end. Several processes may do so at once.

    What is in hand then is finished, within half a minute: a letter that a mail server has taken, and that nobody marks
    as sent, goes out once more.
    """
    if services.delivery.sender is None:
        log.warning("GQL_USERS_SMTP_URL is not set: letters wait until it is")
    async with asyncio.TaskGroup() as group:
        group.create_task(_deliver(services.delivery, ended))
        group.create_task(_again_and_again(services.forgetting.run, FORGETTING_S, ended, first_s=FIRST_FORGETTING_S))


async def _deliver(delivery: Delivery, ended: asyncio.Event) -> None:
    """Send several letters at once. One that takes long keeps its place, and no other waits for it."""
    in_hand: set[asyncio.Task[Any]] = set()

    async def take_more() -> int:
        taken = await delivery.take_due(AT_ONCE - len(in_hand))
        for letter in taken:
            task = group.create_task(_told_of(delivery.deliver(letter)))
            in_hand.add(task)
            task.add_done_callback(in_hand.discard)
        if len(in_hand) == AT_ONCE:
            await asyncio.wait({*in_hand, ending}, return_when=asyncio.FIRST_COMPLETED)
        return len(taken)

    async with asyncio.TaskGroup() as group:
        ending = group.create_task(ended.wait())
        await _again_and_again(take_more, LETTERS_S, ended)
        if in_hand:
            await _finish(in_hand)


async def _finish(in_hand: set[asyncio.Task[Any]]) -> None:
    _, late = await asyncio.wait(in_hand, timeout=FINISHED_WITHIN_S)
    if late:
        log.warning("letters left with a mail server that does not answer, to be sent again: %d", len(late))
    for each in late:
        each.cancel()


async def _again_and_again(
    deed: Callable[[], Awaitable[int | None]],
    pause_s: tuple[float, float],
    ended: asyncio.Event,
    *,
    first_s: tuple[float, float] | None = None,
) -> None:
    """Do something until it is to end: at once again while it finds something to do, and rarely while it fails."""
    found: int | None = 0
    failures = 0
    wait_s = _pause(first_s or pause_s, 0)
    while not await _is_set(ended, wait_s):
        found, failures = 0, failures + 1
        with _told():
            found = await deed()
            failures = 0
        wait_s = 0 if found else _pause(pause_s, failures)


async def _told_of(delivering: Awaitable[None]) -> None:
    with _told():
        await delivering


@contextmanager
def _told() -> Iterator[None]:
    """One round that fails must not end all that would follow: the log tells of it."""
    try:
        yield
    except Unavailable:
        log.warning("the database is away or busy; what was to be done is done later")
    except Exception:
        log.exception("a round of work failed")


def _pause(pause_s: tuple[float, float], failures: int) -> float:
    longest = max(pause_s[1], LONGEST_AFTER_FAILURES_S)
    return min(random.uniform(*pause_s) * (1 << min(failures, 6)), longest)  # noqa: S311 - spreads, hides nothing


async def _is_set(event: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True
