"""Facts about letters under `/api/v1`, in the envelope and bare: what GraphQL does, in statuses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from gql_users import Settings
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person
from tests.postbox import EMAIL_CHANGED, PASSWORD_CHANGED, Post
from tests.rest.contracts.api_v1 import Api
from tests.ways import NEW_ADDRESS, NEW_PASSWORD, another, sign_in

FORGOTTEN, VERIFICATION, MOVE = "/auth/password-reset", "/auth/email-verification", "/users/me/email"
RESET, VERIFIED, MOVED = f"{FORGOTTEN}/confirm", f"{VERIFICATION}/confirm", "/auth/email-change/confirm"
MOVING = {"new_email": NEW_ADDRESS, "current_password": PASSWORD}
NEW = {"new_password": NEW_PASSWORD}


@dataclass(frozen=True)
class Caller:
    """Somebody who writes to `/api/v1`."""

    api: Api
    token: str | None = None

    async def does(self, path: str, status: int, /, **body: Any) -> None:
        """Post this, and hear nothing but that it was taken."""
        assert await self.api.data("POST", path, status=status, body=body, token=self.token) is None

    async def refused(self, path: str, status: int, code: str, /, **body: Any) -> None:
        """Post this, and be refused."""
        await self.api.refused("POST", path, status, code, body=body, token=self.token)


@pytest.fixture(params=[True, False], ids=["enveloped", "bare"])
def settings(make_settings: MakeSettings, request: pytest.FixtureRequest) -> Settings:
    return make_settings(rest_envelope=request.param)


@pytest.fixture
def anybody(door: Door, settings: Settings) -> Caller:
    """Somebody anonymous."""
    return Caller(Api(door.http, settings.rest_envelope))


@pytest.fixture
async def mia(anybody: Caller, a_member: Person, post: Post) -> Caller:
    """A member, who has read her letters."""
    await post.arrived()
    return Caller(anybody.api, a_member.access_token)


async def test_somebody_who_forgot_gets_in_again_by_the_link(
    anybody: Caller, mia: Caller, door: Door, post: Post, a_member: Person
) -> None:
    await anybody.does(FORGOTTEN, 202, email=a_member.email)
    mail = await post.only()

    await anybody.does(RESET, 200, token=mail.token, **NEW)

    await anybody.refused(RESET, 401, "TOKEN_INVALID", token=mail.token, **NEW)
    await mia.api.refused("GET", "/users/me", 401, "UNAUTHENTICATED", token=mia.token)
    assert (await sign_in(door, a_member.email, NEW_PASSWORD))["errors"] == []
    assert await post.names() == [(a_member.email, PASSWORD_CHANGED)]


async def test_somebody_who_forgot_gets_in_again_by_the_code(
    anybody: Caller, mia: Caller, door: Door, post: Post, a_member: Person
) -> None:
    await anybody.does(FORGOTTEN, 202, email=a_member.email)
    mail = await post.only()

    await anybody.refused(RESET, 401, "TOKEN_INVALID", email=mail.to, code=another(mail.code), **NEW)
    await anybody.does(RESET, 200, email=mail.to, code=mail.code, **NEW)

    assert (await sign_in(door, a_member.email, NEW_PASSWORD))["errors"] == []


async def test_a_refused_password_leaves_the_letter_good(
    anybody: Caller, mia: Caller, post: Post, a_member: Person
) -> None:
    await anybody.does(FORGOTTEN, 202, email=a_member.email)
    mail = await post.only()

    await anybody.refused(RESET, 422, "WEAK_PASSWORD", token=mail.token, new_password="password")
    await anybody.refused(RESET, 422, "INVALID", token=mail.token, new_password="x1" * 600)

    await anybody.does(RESET, 200, token=mail.token, **NEW)


@pytest.mark.parametrize("by", ["link", "code"])
async def test_an_address_is_verified(
    anybody: Caller, mia: Caller, door: Door, post: Post, a_member: Person, by: str
) -> None:
    await anybody.does(VERIFICATION, 202, email=a_member.email)
    mail = await post.only()
    shown = {"token": mail.token} if by == "link" else {"email": mail.to, "code": mail.code}

    await anybody.does(VERIFIED, 200, **shown)

    await anybody.refused(VERIFIED, 401, "TOKEN_INVALID", **shown)
    assert (await sign_in(door, a_member.email))["user"]["emailVerifiedAt"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize("by", ["link", "code"])
async def test_somebody_moves_to_another_address(
    anybody: Caller, mia: Caller, post: Post, a_member: Person, by: str
) -> None:
    await mia.does(MOVE, 202, **MOVING)
    mail = await post.only()
    shown = {"token": mail.token} if by == "link" else {"email": mail.to, "code": mail.code}

    await anybody.does(MOVED, 200, **shown)

    assert (await mia.api.data("GET", "/users/me", token=mia.token))["email"] == NEW_ADDRESS
    assert await post.names() == [(a_member.email, EMAIL_CHANGED)]


async def test_an_address_that_was_taken_meanwhile_is_told_as_in_use(
    anybody: Caller, mia: Caller, door: Door, post: Post
) -> None:
    await mia.does(MOVE, 202, **MOVING)
    mail = await post.only()
    await door.register(NEW_ADDRESS)

    await anybody.refused(MOVED, 409, "EMAIL_TAKEN", token=mail.token)


async def test_moving_needs_somebody_signed_in_who_knows_the_password(anybody: Caller, mia: Caller, post: Post) -> None:
    await anybody.refused(MOVE, 401, "UNAUTHENTICATED", **MOVING)
    await mia.refused(MOVE, 401, "INVALID_CREDENTIALS", new_email=NEW_ADDRESS, current_password="wrong")

    assert await post.names() == []


async def test_asking_again_at_once_is_answered_alike_and_sends_nothing(
    anybody: Caller, mia: Caller, post: Post, a_member: Person
) -> None:
    for path in (FORGOTTEN, VERIFICATION):
        await anybody.does(path, 202, email=a_member.email)
        assert len(await post.arrived()) == 1
        await anybody.does(path, 202, email=a_member.email.upper())
    await mia.does(MOVE, 202, **MOVING)
    assert len(await post.arrived()) == 1
    await mia.does(MOVE, 202, **MOVING)

    assert await post.arrived() == []


async def test_who_asks_for_thirty_letters_has_to_wait_at_both_doors(anybody: Caller, mia: Caller, door: Door) -> None:
    for number in range(30):
        await anybody.does(FORGOTTEN, 202, email=f"{number}@example.com")

    answer = await mia.api.asked("POST", MOVE, mia.token, MOVING)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert await door.codes("requestPasswordReset", {"email": "ann@example.com"}) == [("RATE_LIMITED", None)]


async def test_every_address_is_answered_in_the_same_bytes(anybody: Caller, mia: Caller, a_member: Person) -> None:
    for path in (FORGOTTEN, VERIFICATION):
        for _ in range(2):
            answers = [
                await anybody.api.asked("POST", path, None, {"email": email})
                for email in (a_member.email, "nobody@example.com")
            ]
            assert answers[0].status_code == answers[1].status_code
            assert answers[0].content == answers[1].content


async def test_ten_wrong_codes_and_one_has_to_wait(anybody: Caller) -> None:
    shown = {"email": "nobody@example.com", "code": "123456"}

    for _ in range(10):
        await anybody.refused(VERIFIED, 401, "TOKEN_INVALID", **shown)

    await anybody.refused(VERIFIED, 429, "RATE_LIMITED", **shown)


async def test_what_is_not_valid_is_told(anybody: Caller, mia: Caller) -> None:
    for path in (FORGOTTEN, VERIFICATION):
        for wrong in ({"email": "nonsense"}, {"email": ""}, {"email": None}, {"email": 1}, {}):
            await anybody.refused(path, 422, "INVALID", **wrong)
    for path, more in ((RESET, NEW), (VERIFIED, {}), (MOVED, {})):
        for wrong in ({}, {"token": None}, {"token": 1}, {"email": "a@example.com"}, {"token": "a", "code": "1"}):
            await anybody.refused(path, 422, "INVALID", **wrong, **more)
        await anybody.refused(path, 401, "TOKEN_INVALID", token="A" * 43, **more)
    await anybody.refused(RESET, 422, "INVALID", token="A" * 43)
    await mia.refused(MOVE, 422, "INVALID", new_email="nonsense", current_password=PASSWORD)
    await mia.refused(MOVE, 422, "INVALID", new_email=NEW_ADDRESS)


async def test_of_sixteen_uses_at_once_one_succeeds(anybody: Caller, mia: Caller, post: Post, a_member: Person) -> None:
    await anybody.does(VERIFICATION, 202, email=a_member.email)
    mail = await post.only()

    answers = await asyncio.gather(
        *(anybody.api.asked("POST", VERIFIED, None, {"token": mail.token}) for _ in range(16))
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 15


async def test_nothing_is_done_by_following_a_link(door: Door) -> None:
    for path in (RESET, VERIFIED, MOVED):
        answer = await door.http.get(f"/api/v1{path}", params={"token": "abc"})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
