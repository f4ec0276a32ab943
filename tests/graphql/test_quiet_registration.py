"""Facts about registering where nobody hears who has an account already; `test_quiet_outbox.py` has the letters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.models import Attempt, Event, Letter, Session, User
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.guessing import from_another_network, registered_from_here
from tests.postbox import VERIFY, Post, rows
from tests.rest.contracts.api_v1 import ADA, Api
from tests.ways import VERIFYING, sign_in

REGISTER = """mutation ($input: RegisterInput!) {
  register(input: $input) { user { id } tokens { accessToken } errors { code message path } }
}"""
LOGIN = """mutation ($input: LoginInput!) {
  login(input: $input) { user { id } tokens { accessToken } errors { code message path } }
}"""
ASK = "mutation ($input: %sInput!) { %s(input: $input) { errors { code message path } } }"
DONE = b'{"data":{"register":{"user":null,"tokens":null,"errors":[]}}}'
VERIFIED, UNVERIFIED, CLOSED, FREE = (f"{who}@example.com" for who in ("verified", "unverified", "closed", "free"))
EVERYBODY = (VERIFIED, UNVERIFIED, CLOSED, FREE)


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(registration="quiet")


@pytest.fixture
async def as_admin(door: Door, services: Services) -> Door:
    """Somebody whom the command line made an admin."""
    await services.administration.create(OPERATOR, "admin@example.com", Profile(), password=PASSWORD, is_admin=True)
    return door.showing((await sign_in(door, "admin@example.com"))["tokens"]["accessToken"])


@pytest.fixture
async def somebody(door: Door, post: Post, services: Services, clock: SettableClock, as_admin: Door) -> None:
    """Those of EVERYBODY who have an account made it long ago, when nobody counts any more how often they tried."""
    for email in (VERIFIED, UNVERIFIED, CLOSED):
        assert await answered(door, email=email) == DONE
    letters = {mail.to: mail for mail in await post.arrived()}
    for email in (VERIFIED, CLOSED):
        assert await VERIFYING.by_token(door, letters[email].token) == []
    found = (await as_admin.ask('{ user(by: {email: "closed@example.com"}) { id } }'))["user"]
    await as_admin.done("deactivateUser", found)
    clock.advance(timedelta(hours=26))
    await services.forgetting.run()


async def answered(door: Door, email: str = FREE, **otherwise: Any) -> bytes:
    """The bytes that a registration is answered with."""
    return (await door.answer(REGISTER, {"input": {"email": email, "password": PASSWORD, **otherwise}})).content


async def refused(door: Door, email: str, password: str = PASSWORD) -> bytes:
    """The bytes that a sign-in is answered with."""
    return (await door.answer(LOGIN, {"input": {"email": email, "password": password}})).content


async def counts(settings: Settings) -> list[tuple[int, int]]:
    """How many attempts of each kind failed and are under way."""
    return sorted((row.failed, row.pending) for row in await rows(settings, Attempt))


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("more", [{}, {"name": "Ann", "age": 40, "locale": "de"}])
async def test_every_address_is_answered_in_the_same_bytes(door: Door, more: dict[str, Any]) -> None:
    first = [await answered(door, email, **more) for email in EVERYBODY]
    again = [await answered(door, spelling, **more) for spelling in (" ＶERIFIED@example.com", "FREE@example.com")]

    assert first == [DONE] * 4
    assert len({*again}) == 1
    assert b"RATE_LIMITED" in again[0]


@pytest.mark.usefixtures("somebody")
async def test_for_every_address_the_database_is_asked_the_same_and_writes_the_same(
    door: Door, settings: Settings, statements: list[str]
) -> None:
    await answered(door, "first@example.com")  # what is done for the first time is asked otherwise
    known = {row.id for row in await rows(settings, Letter)}
    others = {table: await rows(settings, table) for table in (User, Session, Event)}
    asked, counted = [], [await counts(settings)]

    for email in EVERYBODY:
        statements.clear()
        assert await answered(door, email) == DONE
        asked.append(sorted(statements))
        counted.append(await counts(settings))

    assert asked == [asked[0]] * 4
    assert not any("users" in statement for statement in asked[0])
    assert [len(each) - len(counted[0]) for each in counted] == [0, 1, 2, 3, 4]  # beside that of the network
    assert {table: await rows(settings, table) for table in (User, Session, Event)} == others
    written = [row._asdict() for row in await rows(settings, Letter) if row.id not in known]
    assert sorted(row.pop("address") for row in written) == sorted(EVERYBODY)
    assert len({row["details"].pop("password_hash") for row in written}) == len({row.pop("id") for row in written}) == 4
    assert all(row == written[0] for row in written)


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("worker_came", [False, True])
async def test_a_sign_in_right_afterwards_is_answered_alike_and_leaves_alike_traces(
    door: Door, post: Post, settings: Settings, statements: list[str], worker_came: bool
) -> None:
    password, asked = "another horse battery", []
    for email in EVERYBODY:
        await answered(door, email, password=password)
    if worker_came:
        await post.arrived()
    expected = await refused(door, "nobody@example.com", password)
    known = {row.id for row in await rows(settings, Event)}

    answers = []
    for email in EVERYBODY:
        statements.clear()
        answers += [await refused(door, email, password)]
        asked.append([each for each in statements if "signing_keys" not in each])

    assert {*answers} == {expected}
    assert b"INVALID_CREDENTIALS" in expected
    assert asked == [asked[0]] * 4
    new = [row for row in await rows(settings, Event) if row.id not in known]
    assert [row.kind for row in new] == ["SIGN_IN_REFUSED"] * 4
    assert len([row for row in await counts(settings) if row == (1, 0)]) >= 9  # each registration, each sign-in


@pytest.mark.usefixtures("somebody")
async def test_the_right_password_of_an_unverified_account_is_counted_like_any_wrong_one(door: Door) -> None:
    for email in (UNVERIFIED, FREE):
        answers = [await refused(door, email) for _ in range(11)]

        assert [b"INVALID_CREDENTIALS" in answer for answer in answers] == [True] * 10 + [False]
        assert b"RATE_LIMITED" in answers[10]


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("asking", ["requestPasswordReset", "requestEmailVerification"])
async def test_asking_for_a_letter_right_afterwards_is_answered_alike(door: Door, asking: str) -> None:
    query = ASK % (asking[0].upper() + asking[1:], asking)
    for email in EVERYBODY:
        await answered(door, email)

    answers = {(await door.answer(query, {"input": {"email": email}})).content for email in EVERYBODY}

    assert answers == {f'{{"data":{{"{asking}":{{"errors":[]}}}}}}'.encode()}


@pytest.mark.usefixtures("somebody")
async def test_a_username_is_chosen_after_signing_in(door: Door, post: Post, settings: Settings) -> None:
    letters = len(await rows(settings, Letter))

    for username in ("ann", "ADMIN", "a b"):
        answers = {await answered(door, email, username=username) for email in EVERYBODY}
        assert len(answers) == 1
        assert (
            b'[{"code":"INVALID","message":"A username is chosen after signing in.","path":["input","username"]}]'
            in (answers.pop())
        )

    assert len(await rows(settings, Letter)) == letters
    await answered(door, username=None)
    assert await VERIFYING.by_token(door, (await post.only()).token) == []
    them = (await sign_in(door, FREE))["tokens"]["accessToken"]
    me = (await door.showing(them).ask("{ me { id username } }"))["me"]
    assert me["username"] is None
    await door.showing(them).done("patchUser", {"id": me["id"], "username": "ann"})


@pytest.mark.usefixtures("somebody")
async def test_what_is_wrong_with_an_input_is_told_alike_for_every_address_and_all_at_once(
    door: Door, settings: Settings
) -> None:
    before = (await rows(settings, Letter), await counts(settings))

    for wrong in ({"password": "short"}, {"age": 200}, {"locale": "!"}, {"age": 200, "username": "ann"}):
        answers = {await answered(door, email, **wrong) for email in EVERYBODY}
        assert len(answers) == 1
        assert answers.pop().count(b'"code"') == len(wrong)

    assert (await rows(settings, Letter), await counts(settings)) == before


@pytest.mark.usefixtures("somebody")
async def test_the_same_address_again_has_to_wait_whether_it_is_taken_or_not(
    door: Door, settings: Settings, clock: SettableClock
) -> None:
    query = REGISTER.replace("path }", "path ... on RateLimitedError { retryAfterSeconds } }")

    async def wait_for(caller: Door, email: str) -> int:
        (error,) = (await caller.ask(query, input={"email": email, "password": PASSWORD}))["register"]["errors"]
        assert (error["code"], error["path"]) == ("RATE_LIMITED", None)
        return int(error["retryAfterSeconds"])

    for seconds in (30, 60):
        for email in (VERIFIED, FREE):
            assert await answered(door, email) == DONE
            assert await wait_for(door, email) == seconds
            async with from_another_network(door) as elsewhere:
                assert await wait_for(elsewhere, email.upper()) == seconds
        clock.advance(timedelta(seconds=seconds))
    written = [row.address for row in await rows(settings, Letter) if row.sent_at is None]
    assert sorted(written) == [FREE, FREE, VERIFIED, VERIFIED]


@pytest.mark.usefixtures("somebody")
async def test_a_network_registers_a_hundred_and_then_waits_whoever_they_are(
    door: Door, services: Services, clock: SettableClock
) -> None:
    await registered_from_here(services, 99)

    assert await answered(door, "hundredth@example.com") == DONE

    limited = {await answered(door, email) for email in EVERYBODY}
    assert len(limited) == 1
    assert b"RATE_LIMITED" in limited.pop()
    async with from_another_network(door) as elsewhere:
        assert await answered(elsewhere) == DONE
    clock.advance(timedelta(seconds=30))
    assert await answered(door, VERIFIED) == DONE
    assert b"RATE_LIMITED" in await answered(door, UNVERIFIED)


async def test_somebody_whom_an_admin_makes_gets_the_letter_that_verifies_and_then_signs_in(
    door: Door, post: Post, as_admin: Door
) -> None:
    await as_admin.done("createUser", {"email": FREE, "password": PASSWORD})
    await as_admin.done("createUser", {"email": "silent@example.com"})

    mail = await post.only()

    assert (mail.to, mail.subject) == (FREE, VERIFY)
    assert [error["code"] for error in (await sign_in(door, FREE))["errors"]] == ["INVALID_CREDENTIALS"]
    assert await VERIFYING.by_token(door, mail.token) == []
    assert (await sign_in(door, FREE))["errors"] == []


@pytest.mark.usefixtures("somebody")
async def test_under_api_v1_an_account_is_asked_for_without_a_username(
    door: Door, post: Post, settings: Settings
) -> None:
    api, ada = Api(door.http, settings.rest_envelope), {"password": ADA["password"]}

    for email in (VERIFIED, FREE):
        assert await api.data("POST", "/users", status=201, body={**ada, "email": email}) is None
        await api.refused("POST", "/users", 422, "INVALID", body={**ADA, "email": email})

    assert sorted(mail.to for mail in await post.arrived()) == [FREE, VERIFIED]


async def test_it_says_that_it_is_quiet_and_that_addresses_are_verified_first(door: Door) -> None:
    info = await door.ask("{ serviceInfo { registration signInRequiresVerifiedEmail } }")

    assert info == {"serviceInfo": {"registration": "QUIET", "signInRequiresVerifiedEmail": True}}
