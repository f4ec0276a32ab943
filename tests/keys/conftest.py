"""Several services on one database, for the facts about their keys."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import MakeSettings
from tests.door import SettableClock
from tests.replicas import Open, Replica, opening


@pytest.fixture
async def opened(make_settings: MakeSettings, clock: SettableClock) -> AsyncIterator[Open]:
    """Another service on the same database."""
    async with opening(make_settings, clock) as opens:
        yield opens


@pytest.fixture
async def one(opened: Open) -> Replica:
    return await opened()


@pytest.fixture
async def other(opened: Open) -> Replica:
    return await opened()
