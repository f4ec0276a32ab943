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


async def work(services: Services) -> None:
    """Deliver and forget, again and again, until this is cancelled. Several processes may do so at once."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_again_and_again(services.delivery.deliver_all_due, LETTERS_S))
        group.create_task(_again_and_again(services.forgetting.run, FORGETTING_S))


async def _again_and_again(deed: Callable[[], Awaitable[None]], pause_s: tuple[float, float]) -> None:
    while True:
        await asyncio.sleep(random.uniform(*pause_s))  # noqa: S311 - spreads, hides nothing
        try:
            await deed()
        except Unavailable:
            log.warning("the database is away; what was to be done is done later")
        except Exception:
            # One round that fails must not end all that would follow.
            log.exception("a round of work failed")
