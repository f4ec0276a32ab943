"""Facts about letters and hostile text: whom they go to, and where their links lead, nobody else decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from gql_users import create_app
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.mail_server import MailServer, mail_server
from tests.postbox import deliver_all

ANN = "ann@example.com"
EVIL = "evil.example"
PUBLIC_URL = "https://users.example.com"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
ELSEWHERE = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Original-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=http",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
}

NAMES = (
    f"Ann\r\nBcc: eve@{EVIL}",
    f"Ann\nBcc: eve@{EVIL}",
    f"Ann\rBcc: eve@{EVIL}",
    f"Ann\u2028Bcc: eve@{EVIL}",
    f"Ann\x85Bcc: eve@{EVIL}",
    f"Ann\x00\r\n.\r\nMAIL FROM:<eve@{EVIL}>",
    f"Ann%0d%0aBcc: eve@{EVIL}",
    f"=?utf-8?q?Ann=0D=0ABcc:_eve=40{EVIL}?=",
    f'Ann" <eve@{EVIL}>, "Ann',
    f"<a href='https://{EVIL}'>Ann</a>",
    "{{ letter }}{% include '/etc/passwd' %}",
)
ADDRESSES = (
    f"{ANN}\r\nBcc: eve@{EVIL}",
    f"{ANN}\nBcc: eve@{EVIL}",
    f"{ANN}>\r\nRCPT TO:<eve@{EVIL}",
    f"{ANN},eve@{EVIL}",
    f"{ANN} eve@{EVIL}",
    f"eve@{EVIL}\x00{ANN}",
    f"eve@{EVIL} <{ANN}>",
    f'"ann\r\nBcc: eve"@{EVIL}',
    f"ann@example.com@{EVIL}",
    f"@{EVIL}:{ANN}",
)


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def app(mail: MailServer, make_settings: MakeSettings, clock: SettableClock) -> FastAPI:
    return create_app(make_settings(smtp_url=mail.url, public_url=PUBLIC_URL), clock=clock)


def assert_harmless(mail: MailServer, *addresses: str) -> None:
    """Letters went to these addresses, one each, and hold nothing that somebody slipped in."""
    assert [each.recipients for each in mail.delivered] == [(address,) for address in addresses]
    for letter in mail.delivered:
        assert set(letter.message.keys()) <= HEADERS
        assert EVIL not in str(letter.message["To"]) + str(letter.message["Subject"]) + str(letter.message["From"])
        assert EVIL not in letter.content


async def test_no_header_of_a_request_decides_where_a_link_leads(
    door: Door, services: Services, mail: MailServer
) -> None:
    person = await door.register(ANN)
    door.http.headers.update(ELSEWHERE)
    moving = {"newEmail": "ann@elsewhere.example", "currentPassword": PASSWORD}

    await door.register("bob@example.com")
    await door.done("requestPasswordReset", {"email": ANN})
    await door.done("requestEmailVerification", {"email": ANN})
    await door.as_(person).done("requestEmailChange", moving)
    asked = await door.http.post("/api/v1/auth/password-reset", json={"email": "bob@example.com"})
    await deliver_all(services.delivery)

    assert asked.status_code == 202
    assert len(mail.delivered) == 6
    for letter in mail.delivered:
        assert EVIL not in letter.message.as_string() + letter.content
        assert letter.content.count(f"{PUBLIC_URL}/account/") == letter.content.count("?token=") > 0


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_no_name_adds_a_recipient_a_header_or_a_link(
    door: Door, services: Services, mail: MailServer, name: str
) -> None:
    payload = await door.do("register", {"email": ANN, "password": PASSWORD, "name": name})
    await deliver_all(services.delivery)

    assert {error["code"] for error in payload["errors"]} <= {"INVALID"}
    assert_harmless(mail, *([] if payload["errors"] else [ANN]))


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
async def test_what_is_more_than_an_address_is_refused_and_nobody_gets_a_letter(
    door: Door, services: Services, mail: MailServer, address: str
) -> None:
    person = await door.register(ANN)
    deeds: dict[str, dict[str, Any]] = {
        "register": {"email": address, "password": PASSWORD},
        "requestPasswordReset": {"email": address},
        "requestEmailVerification": {"email": address},
        "requestEmailChange": {"newEmail": address, "currentPassword": PASSWORD},
    }

    codes = [await door.as_(person).codes(mutation, given) for mutation, given in deeds.items()]
    await deliver_all(services.delivery)

    assert {code for refusals in codes for code, _ in refusals} == {"INVALID"}
    assert [len(refusals) for refusals in codes] == [1] * len(deeds)
    assert_harmless(mail, ANN)


async def test_no_locale_adds_a_header(door: Door, services: Services, mail: MailServer) -> None:
    hostile = {"email": ANN, "password": PASSWORD, "locale": f"en\r\nBcc: eve@{EVIL}"}

    codes = await door.codes("register", hostile)
    await deliver_all(services.delivery)

    assert [code for code, _ in codes] == ["INVALID"]
    assert_harmless(mail)
