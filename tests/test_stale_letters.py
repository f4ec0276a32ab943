"""Facts about letters that waited for too long: they are withdrawn, and the log says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gql_users import Settings
from gql_users.models import Letter
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.postbox import RESET, Post, deliver_all, rows
from tests.test_outbox import AWAY

ANN = "ann@example.com"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(registration="quiet")


async def register_twice(door: Door, post: Post, clock: SettableClock, services: Services) -> None:
    """Somebody registers, and again; the mail server is away when the second time is judged."""
    for failing in (None, AWAY):
        post.sender.failing = failing
        await door.done("register", {"email": ANN, "password": PASSWORD})
        await deliver_all(services.delivery)
        clock.advance(timedelta(minutes=1))
    post.sender.failing = None
    post.sender.sent.clear()


async def test_the_answer_to_a_registration_waits_for_a_day_whatever_it_becomes(
    door: Door, post: Post, clock: SettableClock, services: Services
) -> None:
    await register_twice(door, post, clock, services)

    clock.advance(timedelta(hours=23))
    await services.forgetting.run()

    assert await post.names() == [(ANN, RESET)]


async def test_after_a_day_it_is_withdrawn(
    door: Door, post: Post, clock: SettableClock, services: Services, settings: Settings
) -> None:
    await register_twice(door, post, clock, services)

    clock.advance(timedelta(hours=24))

    assert await post.arrived() == []
    assert [row.kind for row in await rows(settings, Letter)] == ["VERIFY_EMAIL"]  # sent before


async def test_the_log_tells_how_many_letters_of_which_kind_nobody_will_get(
    door: Door,
    clock: SettableClock,
    services: Services,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(3):
        await door.done("requestPasswordReset", {"email": f"{number}@example.com"})
    await door.done("requestEmailVerification", {"email": ANN})

    clock.advance(timedelta(hours=1, seconds=1))
    await services.forgetting.run()

    (told,) = [vars(record) for record in caplog.records if "withdrawn" in record.getMessage()]
    assert (told["message"], told["kind"], told["many"]) == (
        "letters were withdrawn: they waited for too long",
        "RESET_PASSWORD",
        3,
    )
    assert [row.kind for row in await rows(settings, Letter)] == ["VERIFY_EMAIL"]
