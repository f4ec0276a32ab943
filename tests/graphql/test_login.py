"""Facts about signing in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta

import httpx
import pytest

from gql_users import create_app
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.serving import serving

LOGIN = """mutation ($input: LoginInput!) {
  login(input: $input) { user { id } tokens { accessToken } errors { __typename code message path } }
}"""

MIA = {"email": "member@example.com", "password": PASSWORD}


@pytest.fixture
async def stricter_door(make_settings: MakeSettings, clock: SettableClock) -> AsyncIterator[Door]:
    """The door of a second service on the same database, which wants passwords hashed harder than the first."""
    app = create_app(make_settings(argon2_iterations=3), clock=clock)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield Door(http)


@pytest.fixture
def kept_hash(services: Services) -> Callable[[Person], Awaitable[str]]:
    """Looks up what is kept of somebody's password, which no door shows."""

    async def look_up(person: Person) -> str:
        async with services.authentication.unit_of_work.reading() as work:
            user = await work.users.find(person.database_id)
        assert user is not None
        return user.password_hash or ""

    return look_up


async def test_a_sign_in_begins_a_session_beside_the_others(door: Door, a_member: Person) -> None:
    select = "user { id } tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt tokenType }"

    payload = await door.done("login", MIA, select)

    tokens = payload["tokens"]
    assert payload["user"] == {"id": a_member.id}
    assert tokens["tokenType"] == "Bearer"
    assert tokens["accessTokenExpiresAt"] == "2026-03-01T12:15:00Z"
    assert tokens["refreshTokenExpiresAt"] == "2026-03-15T12:00:00Z"
    for token in (tokens["accessToken"], a_member.access_token):
        assert await door.showing(token).ask("{ me { id } }") == {"me": {"id": a_member.id}}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == []


async def test_a_sign_in_is_remembered_and_changes_nothing_else(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(hours=1))

    user = (await door.done("login", MIA, "user { lastLoginAt updatedAt version }"))["user"]

    assert user == {"lastLoginAt": "2026-03-01T13:00:00Z", "updatedAt": "2026-03-01T12:00:00Z", "version": 1}


async def test_any_spelling_of_the_address_or_the_username_signs_in(door: Door) -> None:
    person = await door.register("Ann.Lee@bücher.example.com", username="Ann.Lee")

    for identifier in (
        {"email": "ann.lee@BÜCHER.example.com"},
        {"email": " ANN.LEE@xn--bcher-kva.example.com. "},
        {"email": "ａnn.lee@bücher.example.com"},
        {"username": "ANN.LEE"},
        {"username": " ａnn.lee "},
    ):
        payload = await door.done("login", {**identifier, "password": PASSWORD}, "user { id }")
        assert payload["user"] == {"id": person.id}, identifier


async def test_exactly_one_identifier_is_wanted(door: Door, a_member: Person) -> None:
    for identifiers in ({}, {"email": None, "username": None}, {"email": a_member.email, "username": "mia"}):
        codes = await door.codes("login", {**identifiers, "password": PASSWORD})
        assert codes == [("INVALID", ["input", "email"])], identifiers


async def test_every_failed_sign_in_looks_the_same(
    door: Door, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    await as_admin.done("deactivateUser", {"id": another_member.id})
    await as_admin.done("createUser", {"email": "silent@example.com"})
    failing = [
        {"email": "nobody@example.com", "password": PASSWORD},
        {"email": a_member.email, "password": "wrong"},
        {"email": a_member.email, "password": PASSWORD.upper()},
        {"email": a_member.email, "password": ""},
        {"email": a_member.email, "password": "x" * 2000},
        {"email": a_member.email, "password": "\ud800\x00"},
        {"email": another_member.email, "password": PASSWORD},
        {"email": "silent@example.com", "password": PASSWORD},
        {"email": "silent@example.com", "password": ""},
        {"email": "no address", "password": PASSWORD},
        {"email": "\x00\ud800", "password": PASSWORD},
        {"email": "", "password": PASSWORD},
        {"username": "nobody", "password": PASSWORD},
        {"username": "mia", "password": "wrong"},
        {"username": "otto", "password": PASSWORD},
        {"username": "\ud800\x00", "password": PASSWORD},
        {"username": "x" * 2000, "password": PASSWORD},
    ]

    answers = [await sent(door, attempt) for attempt in failing]

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    error = answers[0].json()["data"]["login"]["errors"][0]
    assert (error["__typename"], error["code"], error["path"]) == ("AuthenticationError", "INVALID_CREDENTIALS", None)


async def test_what_cannot_be_read_as_a_sign_in_is_not_repeated(door: Door) -> None:
    number = 8_675_309_123_456
    inline = f'mutation {{ login(input: {{ email: "a@example.com", password: {number} }}) {{ __typename }} }}'

    answers = [
        await sent(door, {"email": "a@example.com", "password": number}),
        await sent(door, {"email": "a@example.com", "password": str(number), "\ud800": "?"}),
        await door.answer(inline),
    ]

    codes = [answer.json()["errors"][0]["extensions"]["code"] for answer in answers]
    assert codes == ["BAD_USER_INPUT", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]
    assert [answer.text for answer in answers if str(number) in answer.text] == []


async def test_a_bad_token_does_not_keep_anybody_from_signing_in(door: Door, a_member: Person) -> None:
    assert await door.showing("nonsense").codes("login", MIA) == []


async def test_tokens_are_kept_by_no_cache(door: Door, a_member: Person) -> None:
    assert (await door.answer(LOGIN, {"input": MIA})).headers["cache-control"] == "no-store"


async def test_a_password_is_the_same_however_its_accents_are_typed(door: Door) -> None:
    await door.done("register", {"email": "ann@example.com", "password": "crème brûlée"})

    decomposed = {"email": "ann@example.com", "password": "cre\u0300me bru\u0302le\u0301e"}
    assert await door.codes("login", decomposed) == []


async def test_a_sign_in_renews_a_hash_that_is_no_longer_hard_enough(
    door: Door, stricter_door: Door, a_member: Person, kept_hash: Callable[[Person], Awaitable[str]]
) -> None:
    weaker = await kept_hash(a_member)
    assert await stricter_door.codes("login", {**MIA, "password": "wrong"}) == [("INVALID_CREDENTIALS", None)]
    assert await kept_hash(a_member) == weaker

    await stricter_door.done("login", MIA)

    renewed = await kept_hash(a_member)
    assert ",t=2," in weaker
    assert ",t=3," in renewed
    await stricter_door.done("login", MIA)
    assert await kept_hash(a_member) == renewed


async def test_a_renewed_hash_is_of_the_same_password(door: Door, stricter_door: Door) -> None:
    await door.done("register", {"email": "ann@example.com", "password": "crème brûlée"})

    await stricter_door.done("login", {"email": "ann@example.com", "password": "cre\u0300me bru\u0302le\u0301e"})

    assert await stricter_door.codes("login", {"email": "ann@example.com", "password": "crème brûlée"}) == []


async def test_twenty_sign_ins_at_once_succeed_while_one_of_them_renews_the_hash(
    door: Door, stricter_door: Door, a_member: Person, kept_hash: Callable[[Person], Awaitable[str]]
) -> None:
    outcomes = await asyncio.gather(*(stricter_door.codes("login", MIA) for _ in range(20)))

    assert outcomes == [[]] * 20
    assert ",t=3," in await kept_hash(a_member)


async def sent(door: Door, input: Mapping[str, object]) -> httpx.Response:
    """The answer to a sign-in, byte by byte."""
    return await door.answer(LOGIN, {"input": input})
