"""The services, for the length of one command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gql_users.clock import SystemClock
from gql_users.services import Services, wire
from gql_users.settings import Settings


@asynccontextmanager
async def services(settings: Settings) -> AsyncIterator[Services]:
    """The wired services; their connections are let go at the end."""
    wired = wire(settings, SystemClock())
    try:
        yield wired
    finally:
        await wired.operation.close()
