"""What happens by the clock: letters are delivered, and what is long over is forgotten."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from gql_users.errors import Unavailable
from gql_users.services import Services

log = logging.getLogger("gql_users.worker")

# Somewhere in a span, so that many processes do not all come at once.
LETTERS_S = (0.5, 1.0)
FORGETTING_S = (1_800.0, 3_600.0)
LONGEST_AFTER_FAILURES_S = 60.0


async def work(services: Services, ended: asyncio.Event) -> None:
    """Deliver and forget, again and again, until it is to end. Several processes may do so at once.

    What is in hand then is finished: a letter that a mail server has taken, and that nobody marks as sent, would go out
    once more.
    """
    if services.delivery.sender is None:
        log.warning("GQL_USERS_SMTP_URL is not set: letters wait until it is")
    async with asyncio.TaskGroup() as group:
        group.create_task(_again_and_again(services.delivery.deliver_due, LETTERS_S, ended))
        group.create_task(_again_and_again(services.forgetting.run, FORGETTING_S, ended))


async def _again_and_again(
    deed: Callable[[], Awaitable[int | None]], pause_s: tuple[float, float], ended: asyncio.Event
) -> None:
    """Do something until it is to end: at once again while it finds something to do, and rarely while it fails."""
    found: int | None = 0
    failures = 0
    while not await _is_set(ended, 0 if found else _pause(pause_s, failures)):
        found, failures = 0, failures + 1
        try:
            found = await deed()
            failures = 0
        except Unavailable:
            log.warning("the database is away or busy; what was to be done is done later")
        except Exception:
            # One round that fails must not end all that would follow.
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
