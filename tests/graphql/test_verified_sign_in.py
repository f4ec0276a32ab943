"""Facts about signing in where the address has to be verified before."""

from __future__ import annotations

import pytest

from gql_users import Settings
from gql_users.access import OPERATOR, Client
from gql_users.models import Session
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.postbox import VERIFY, Post, rows
from tests.test_outbox import another_worker
from tests.ways import NEW_PASSWORD, RESETTING, VERIFYING, sign_in

REGISTER = "user { id emailVerifiedAt lastLoginAt } tokens { accessToken }"
ANN = {"email": "ann@example.com", "username": "ann", "password": PASSWORD}
UNVERIFIED = [("EMAIL_UNVERIFIED", None)]
WRONG = [("INVALID_CREDENTIALS", None)]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(sign_in_requires_verified_email=True)


async def test_registering_makes_an_account_and_no_session(door: Door, settings: Settings) -> None:
    payload = await door.done("register", ANN, REGISTER)

    assert payload["user"]["id"]
    assert payload["user"]["emailVerifiedAt"] is payload["user"]["lastLoginAt"] is payload["tokens"] is None
    assert await rows(settings, Session) == []


async def test_nobody_signs_in_before_the_address_is_verified(door: Door, post: Post, settings: Settings) -> None:
    await door.done("register", ANN)

    for identifier in ("email", "username"):
        assert await door.codes("login", {identifier: ANN[identifier], "password": PASSWORD}) == UNVERIFIED
    assert await rows(settings, Session) == []
    await VERIFYING.by_token(door, (await post.only()).token)

    for identifier in ("email", "username"):
        assert await door.codes("login", {identifier: ANN[identifier], "password": PASSWORD}) == []


async def test_who_was_signed_in_before_it_was_asked_for_stays_so_until_that_session_ends(
    door: Door, post: Post, make_settings: MakeSettings, clock: SettableClock
) -> None:
    async with another_worker(make_settings(), clock, post.sender) as earlier:
        registered = await earlier.registration.register(ANN["email"], PASSWORD, Profile(), Client())
    assert registered.tokens is not None
    token = {"refreshToken": registered.tokens.refresh_token}

    assert await door.codes("refresh", token) == []
    assert await door.codes("logout", token) == []
    assert await door.codes("login", {"email": ANN["email"], "password": PASSWORD}) == UNVERIFIED


async def test_only_who_knows_the_password_hears_that_an_address_is_not_verified(door: Door) -> None:
    await door.done("register", ANN)
    query = "mutation ($input: LoginInput!) { login(input: $input) { user { id } errors { code message path } } }"

    wrong = await door.answer(query, {"input": {"email": ANN["email"], "password": "wrong"}})
    unknown = await door.answer(query, {"input": {"email": "nobody@example.com", "password": "wrong"}})

    assert wrong.content == unknown.content
    assert b"INVALID_CREDENTIALS" in wrong.content


async def test_the_right_password_is_no_guess(door: Door) -> None:
    await door.done("register", ANN)
    said = {"email": ANN["email"], "password": PASSWORD}

    assert [await door.codes("login", said) for _ in range(12)] == [UNVERIFIED] * 12

    assert await door.codes("login", {**said, "password": "wrong"}) == WRONG


async def test_whoever_resets_the_password_has_verified_the_address(door: Door, post: Post) -> None:
    await door.done("register", ANN)
    await post.arrived()
    await door.done("requestPasswordReset", {"email": ANN["email"]})

    await RESETTING.by_token(door, (await post.only()).token)

    assert (await sign_in(door, ANN["email"], NEW_PASSWORD))["errors"] == []


async def test_the_first_admin_of_the_command_line_signs_in(door: Door, services: Services) -> None:
    await services.administration.create(
        OPERATOR, "admin@example.com", Profile(username="ada"), password=PASSWORD, is_admin=True
    )

    assert (await sign_in(door, "admin@example.com"))["errors"] == []


async def test_somebody_whom_an_admin_moves_has_to_verify_the_new_address(
    door: Door, post: Post, services: Services
) -> None:
    await services.administration.create(
        OPERATOR, "admin@example.com", Profile(username="ada"), password=PASSWORD, is_admin=True
    )
    admin = door.showing((await sign_in(door, "admin@example.com"))["tokens"]["accessToken"])
    ann = (await door.done("register", ANN, REGISTER))["user"]
    await VERIFYING.by_token(door, (await post.only()).token)

    await admin.done("patchUser", {"id": ann["id"], "email": "new@example.com"})

    assert await door.codes("login", {"email": "new@example.com", "password": PASSWORD}) == UNVERIFIED
    (mail,) = [mail for mail in await post.arrived() if mail.to == "new@example.com"]
    assert await VERIFYING.by_token(door, mail.token) == []
    assert (await sign_in(door, "new@example.com"))["errors"] == []


async def test_somebody_whom_an_admin_makes_with_a_password_gets_the_letter(
    door: Door, post: Post, services: Services
) -> None:
    await services.administration.create(OPERATOR, ANN["email"], Profile(), password=PASSWORD)

    mail = await post.only()

    assert (mail.to, mail.subject) == (ANN["email"], VERIFY)
    assert await VERIFYING.by_token(door, mail.token) == []
    assert (await sign_in(door, ANN["email"]))["errors"] == []


async def test_it_says_so(door: Door) -> None:
    answered = await door.ask("{ serviceInfo { signInRequiresVerifiedEmail } }")

    assert answered == {"serviceInfo": {"signInRequiresVerifiedEmail": True}}
