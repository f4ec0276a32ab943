"""The letters that lead to pages."""

from __future__ import annotations

import pytest

from gql_users.mail.senders import MemorySender
from gql_users.services import Services
from tests.pages.letterbox import Letterbox


@pytest.fixture
def letterbox(services: Services, sender: MemorySender) -> Letterbox:
    return Letterbox(services, sender)
