"""What happens by the clock: what is long over is forgotten."""

from __future__ import annotations

import asyncio
import logging
import random

from gql_users.errors import Unavailable
from gql_users.services import Services

log = logging.getLogger("gql_users.worker")

# Somewhere in this span after the start and after each round, so that many processes do not all come at once.
SOON_S = (60.0, 300.0)
LATER_S = (3_000.0, 4_200.0)


async def work(services: Services) -> None:
    """Forget what is over, again and again, until this is cancelled. Several processes may do so at once."""
    pause = SOON_S
    while True:
        await asyncio.sleep(random.uniform(*pause))  # noqa: S311 - spreads, hides nothing
        try:
            await services.forgetting.run()
        except Unavailable:
            log.warning("the database is away or busy; what is over is forgotten later")
        except Exception:
            # One round that fails must not end all that would follow.
            log.exception("forgetting failed")
        pause = LATER_S
