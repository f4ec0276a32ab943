"""Facts about accounts that nobody ever verified: they leave after a month, and every other account stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.events import id_at
from gql_users.models import Event, OneTimeToken, User
from gql_users.services import Services
from gql_users.services.accounts import Profile
from gql_users.services.forgetting import PORTION
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.postbox import RESET, VERIFY, Post, deliver_all, rows
from tests.test_forgetting import change_tables
from tests.test_outbox import another_worker
from tests.ways import VERIFYING, sign_in

ANN = "ann@example.com"
MONTH = timedelta(days=30)
A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(sign_in_requires_verified_email=True)


@pytest.fixture(autouse=True)
async def closed_afterwards(services: Services) -> AsyncIterator[None]:
    """Some tests forget without a service that answers, which would let its connections go."""
    yield
    await services.operation.close()


async def register(door: Door, email: str = ANN) -> None:
    """Somebody registers."""
    await door.done("register", {"email": email, "password": PASSWORD, "username": email.partition("@")[0]})


async def addresses(settings: Settings) -> list[str]:
    """Whose accounts there are."""
    return sorted(user.email for user in await rows(settings, User))


async def test_an_account_that_nobody_verified_leaves_after_a_month_and_its_address_is_free(
    door: Door, post: Post, services: Services, settings: Settings, clock: SettableClock
) -> None:
    await register(door)
    letter = await post.only()
    clock.advance(MONTH)
    await services.forgetting.run()
    assert await addresses(settings) == [ANN]
    await door.done("requestEmailVerification", {"email": ANN})
    await post.arrived()

    clock.advance(A_MOMENT)
    await services.forgetting.run()

    assert await addresses(settings) == []
    assert await rows(settings, OneTimeToken) == []
    assert await VERIFYING.by_token(door, letter.token) == [("TOKEN_INVALID", None)]
    await register(door)
    assert await VERIFYING.by_token(door, (await post.only()).token) == []
    assert (await sign_in(door, ANN))["errors"] == []


async def test_every_other_account_stays(
    door: Door,
    post: Post,
    services: Services,
    settings: Settings,
    make_settings: MakeSettings,
    clock: SettableClock,
) -> None:
    made = {
        name: f"{name}@example.com" for name in ("made", "silent", "closed", "admin", "changed", "verified", "early")
    }
    await services.administration.create(OPERATOR, made["made"], Profile(), password=PASSWORD)
    await services.administration.create(OPERATOR, made["silent"], Profile())
    for name in ("closed", "admin", "changed", "verified"):
        await register(door, made[name])
    letters = {mail.to: mail for mail in await post.arrived()}
    assert await VERIFYING.by_token(door, letters[made["verified"]].token) == []
    numbers = {user.email: user.id for user in await rows(settings, User)}
    await services.administration.deactivate(OPERATOR, numbers[made["closed"]])
    await services.administration.set_admin(OPERATOR, numbers[made["admin"]], is_admin=True)
    async with another_worker(make_settings(), clock, post.sender) as earlier:
        await earlier.registration.register(made["early"], PASSWORD, Profile(), OPERATOR.client)
    clock.advance(timedelta(days=1))
    await services.profiles.patch(OPERATOR, numbers[made["changed"]], Profile(age=40))
    clock.advance(MONTH)

    await services.forgetting.run()

    assert await addresses(settings) == sorted(made.values())


async def test_where_nobody_has_to_verify_nobody_leaves(
    door: Door, settings: Settings, make_settings: MakeSettings, post: Post, clock: SettableClock
) -> None:
    await register(door)
    clock.advance(2 * MONTH)

    async with another_worker(make_settings(), clock, post.sender) as later:
        await later.forgetting.run()

    assert await addresses(settings) == [ANN]


async def test_what_is_registered_again_stays_for_another_month(
    post: Post, settings: Settings, make_settings: MakeSettings, clock: SettableClock
) -> None:
    async with another_worker(make_settings(registration="quiet"), clock, post.sender) as quiet:
        for days in (0, 20, 20, 20):
            clock.advance(timedelta(days=days))
            await quiet.forgetting.run()
            await quiet.registration.register(ANN, PASSWORD, Profile(), OPERATOR.client)
            await deliver_all(quiet.delivery)
        clock.advance(MONTH)
        await quiet.forgetting.run()

    assert [mail.subject for mail in await post.arrived()] == [*[RESET] * 3, VERIFY]
    assert [user.version for user in await rows(settings, User)] == [4]


async def test_however_many_leave_they_do_a_portion_at_a_time(
    services: Services, settings: Settings, clock: SettableClock, statements: list[str]
) -> None:
    made, many = clock.now() - timedelta(days=31), range(1, PORTION + 2)
    usual = {"name": "", "name_key": "", "is_admin": False, "version": 1, "created_at": made, "updated_at": made}
    people = [{"id": each, "email": f"{each}@x.example", "email_key": f"{each}@x.example", **usual} for each in many]
    events = [{"id": id_at(made), "kind": "REGISTERED", "occurred_at": made, "user_id": each} for each in many]
    await change_tables(settings, insert(User), people)
    await change_tables(settings, insert(Event), events)

    statements.clear()
    await services.forgetting.run()

    assert await rows(settings, User) == []
    deletions = [each for each in statements if each.startswith("DELETE FROM users")]
    assert len(deletions) == 2
    assert all("LIMIT" in each for each in deletions)
