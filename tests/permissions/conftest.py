"""Who takes part in the tests of permissions."""

from __future__ import annotations

import pytest

from gql_users.services import Services
from tests.permissions.callers import Cast


@pytest.fixture
def cast(services: Services) -> Cast:
    """Makes the callers, and the people whom they ask about."""
    return Cast(services)
