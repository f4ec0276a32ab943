"""`gql-users worker`: deliver letters without serving."""

from __future__ import annotations

import asyncio
import signal

from gql_users import logs
from gql_users.cli.serving import services
from gql_users.settings import Settings
from gql_users.worker import work


def worker() -> None:
    """Deliver letters and forget what is over, until SIGTERM. For installations whose serving processes do not."""
    settings = Settings()
    logs.set_up(settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with services(settings) as wired:
        await wired.operation.require_ready()
        await work(wired, ended)
