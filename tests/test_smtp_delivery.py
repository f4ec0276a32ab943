"""Facts about letters the whole way: from a mutation through the worker and a mail server to the deed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from gql_users import create_app
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.mail_server import Delivered, MailServer, Stall, mail_server
from tests.postbox import deliver_all
from tests.serving import serving

NEW_PASSWORD = "another horse battery"
ANN = "ann@example.com"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def app(mail: MailServer, make_settings: MakeSettings, clock: SettableClock) -> FastAPI:
    """A service that delivers by itself, to a real mail server."""
    return create_app(make_settings(smtp_url=mail.url, worker=True), clock=clock)


class Ear(logging.Handler):
    """Hears when the service says that a letter has to wait."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "could not be sent yet" in record.getMessage():
            self.heard.set()


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear, delivery = Ear(), logging.getLogger("gql_users.delivery")
    delivery.addHandler(ear)
    yield ear
    delivery.removeHandler(ear)


async def letter_about(subject: str, mail: MailServer) -> Delivered:
    """The first letter with such a subject, once it has come."""

    def found() -> list[Delivered]:
        return [each for each in mail.delivered if subject in each.message["Subject"]]

    await mail.until(lambda: bool(found()))
    return found()[0]


async def test_who_registers_gets_a_letter_whose_token_verifies_the_address(door: Door, mail: MailServer) -> None:
    person = await door.register("Ann@Example.com", name="Ann Ada")

    letter = await letter_about("Confirm", mail)
    await door.done("verifyEmail", {"token": letter.token})

    assert letter.recipients == ("Ann@example.com",)
    assert "Ann Ada" in letter.content
    assert (await door.as_(person).ask("{ me { emailVerifiedAt } }"))["me"]["emailVerifiedAt"] is not None
    assert await door.codes("verifyEmail", {"token": letter.token}) == [("TOKEN_INVALID", None)]


async def test_who_forgot_gets_a_letter_whose_token_sets_another_password_and_ends_every_session(
    door: Door, mail: MailServer
) -> None:
    person = await door.register(ANN)
    elsewhere = await door.done("login", {"email": ANN, "password": PASSWORD}, "tokens { accessToken refreshToken }")
    await door.done("requestPasswordReset", {"email": ANN})

    token = (await letter_about("Choose a new", mail)).token
    await door.done("resetPassword", {"token": token, "newPassword": NEW_PASSWORD})

    for access_token in (person.access_token, elsewhere["tokens"]["accessToken"]):
        refused = await door.showing(access_token).refused("{ me { id } }")
        assert refused["extensions"]["reason"] == "TOKEN_INVALID"
    for refresh_token in (person.refresh_token, elsewhere["tokens"]["refreshToken"]):
        assert await door.codes("refresh", {"refreshToken": refresh_token}) == [("TOKEN_INVALID", None)]
    assert await door.codes("login", {"email": ANN, "password": PASSWORD}) == [("INVALID_CREDENTIALS", None)]
    assert await door.codes("login", {"email": ANN, "password": NEW_PASSWORD}) == []
    notice = await letter_about("was changed", mail)
    assert notice.recipients == (ANN,)


async def test_who_moves_confirms_at_the_new_address_and_the_old_one_is_told(door: Door, mail: MailServer) -> None:
    person = await door.register(ANN)
    moving = {"newEmail": "ann@elsewhere.example", "currentPassword": PASSWORD}
    await door.as_(person).done("requestEmailChange", moving)
    await mail.until(lambda: bool(mail.to("ann@elsewhere.example")))

    await door.done("confirmEmailChange", {"token": mail.to("ann@elsewhere.example")[0].token})

    assert (await door.as_(person).ask("{ me { email } }"))["me"] == {"email": "ann@elsewhere.example"}
    await mail.until(lambda: len(mail.to(ANN)) == 2)
    assert "ann@elsewhere.example" not in mail.to(ANN)[1].content


async def test_a_letter_outlasts_a_mail_server_that_is_away(
    door: Door, mail: MailServer, services: Services, clock: SettableClock, ear: Ear
) -> None:
    await mail.go_away()
    await door.register(ANN)
    await asyncio.wait_for(ear.heard.wait(), 30)
    await mail.come()

    await deliver_all(services.delivery)
    backlog = await services.delivery.backlog()

    assert (mail.delivered, backlog.waiting, backlog.given_up) == ([], 1, 0)
    clock.advance(timedelta(seconds=10))
    await mail.until(lambda: len(mail.delivered) == 1)
    assert mail.delivered[0].recipients == (ANN,)


async def test_a_letter_that_is_refused_for_now_comes_later_and_once(
    door: Door, mail: MailServer, clock: SettableClock, ear: Ear
) -> None:
    mail.refusal = lambda _address: "451 4.3.0 Not now"
    await door.register(ANN)
    await asyncio.wait_for(ear.heard.wait(), 30)
    mail.refusal = lambda _address: None

    clock.advance(timedelta(seconds=10))
    await mail.until(lambda: len(mail.delivered) == 1)
    clock.advance(timedelta(hours=3))
    await door.done("requestPasswordReset", {"email": ANN})
    await letter_about("Choose a new", mail)

    assert [*mail.times.values()] == [1, 1]


async def test_a_letter_in_hand_when_the_service_ends_is_sent_once(
    app: FastAPI, mail: MailServer, make_settings: MakeSettings, clock: SettableClock
) -> None:
    mail.stall = Stall.AFTER_TAKING
    async with AsyncExitStack() as running:
        url = await running.enter_async_context(serving(app))
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            await Door(http).register(ANN)
        await mail.until(lambda: len(mail.stalled) == 1)
        ending = asyncio.create_task(running.pop_all().aclose())
        await asyncio.wait({ending}, timeout=1)
        mail.go_on()
        await ending

    clock.advance(timedelta(minutes=3))
    later: Services = create_app(make_settings(smtp_url=mail.url), clock=clock).state.services
    await deliver_all(later.delivery)
    await later.operation.close()

    assert [*mail.times.values()] == [1]
