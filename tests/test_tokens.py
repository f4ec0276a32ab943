"""Facts about forged tokens: whoever shows one is a stranger at every door, is told so, and breaks nothing."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import Depends, FastAPI

from gql_users import Settings, create_app, current_user
from gql_users.access import OPERATOR
from gql_users.embedding import CurrentUser
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL, SQLite
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.forgeries import FAMILIES, HEADERS, KIDS, NOW
from tests.forging import Forger, Forgery
from tests.refresh_forgeries import REFRESH_TOKENS
from tests.serving import serving
from tests.showing import HEAD, WITH_TOKEN, expected, row, shown_everywhere, why_me, why_rest
from tests.watching import listening, noting_connections

ALL = FAMILIES | {"refresh tokens": REFRESH_TOKENS}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service whose REST door asks for a token too."""
    return make_settings(rest_access="authenticated")


@pytest.fixture
async def host(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The way into an application that embeds the service, and wants to know who comes."""
    host, signed_in = FastAPI(), Depends(current_user(app))

    @host.get("/who")
    async def who(user: CurrentUser = signed_in) -> int:
        return user.id

    async with serving(host) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield http


@pytest.fixture
async def loopback() -> AsyncIterator[str]:
    """An address that nobody may ever ask."""
    async with listening() as (url, came):
        yield url
    assert came == []


@pytest.fixture
async def forger(door: Door, a_member: Person, an_admin: Person, services: Services, loopback: str) -> Forger:
    """Somebody who has seen everything."""
    ended, deleted = await door.register("ended@example.com"), await door.register("deleted@example.com")
    await door.done("logout", {"refreshToken": ended.refresh_token})
    await door.as_(an_admin).done("deleteUser", {"id": deleted.id})
    keys = {key.state: key.kid for key in await services.signing_keys.list(OPERATOR)}
    active = await services.signing_keys.active()
    return Forger(a_member, ended, deleted, active, next_kid=keys["next"], loopback=loopback)


@pytest.fixture
def say(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Writes a line among the results of the tests, when they are asked to be verbose."""

    def said(line: str) -> None:
        if request.config.get_verbosity() > 0:
            with capsys.disabled():
                sys.stdout.write(f"{line}\n")

    return said


def port_of(http: httpx.AsyncClient) -> tuple[str, int | None]:
    return http.base_url.host, http.base_url.port


async def test_the_mint_makes_tokens_that_are_good(door: Door, host: httpx.AsyncClient, forger: Forger) -> None:
    access, refresh = forger.access, forger.refresh
    good = [forger.person.access_token, access.with_claims(), access.with_header(), access.with_texts()]

    for token in (*good, access.with_signature(lambda right: right), access.with_claims(iat=NOW + 10)):
        assert (await door.showing(token).ask("{ me { id } }"))["me"] == {"id": forger.person.id}
        assert (await host.get("/who", headers={"Authorization": f"bearer {token}"})).status_code == 200
    for token in (refresh.with_claims(), refresh.with_header(), refresh.with_claims(iat=NOW + 10)):
        assert await door.codes("refresh", {"refreshToken": token}) == []


def test_there_are_enough_forgeries() -> None:
    assert sum(len(family) for family in ALL.values()) >= 100


@pytest.mark.parametrize("family", ALL.values(), ids=ALL)
async def test_a_forged_token_is_nobodys_at_any_door(
    door: Door, host: httpx.AsyncClient, forger: Forger, family: dict[str, Forgery], say: Callable[[str], None]
) -> None:
    wrong = {}
    say(f"\n{HEAD}")
    with noting_connections() as connections:
        for name, forgery in family.items():
            shown = await shown_everywhere(door, host, forgery, forgery.make(forger))
            say(row(name, shown))
            if shown != expected(forgery):
                wrong[name] = shown

    assert wrong == {}
    assert set(connections) <= {port_of(door.http), port_of(host)}
    assert (await door.as_(forger.person).ask("{ me { id } }"))["me"] == {"id": forger.person.id}


@pytest.mark.parametrize("change", ["\n%s", "%s\n", " %s", "%s\u0000", "%s\ud800"], ids=ascii)
async def test_a_refresh_token_with_something_around_it_is_none(door: Door, a_member: Person, change: str) -> None:
    token = change % a_member.refresh_token

    assert await door.codes("refresh", {"refreshToken": token}) == [("TOKEN_INVALID", None)]
    assert await door.codes("logout", {"refreshToken": token}) == [("TOKEN_INVALID", None)]


async def test_what_is_no_bearer_token_at_all_is_nobodys(door: Door, a_member: Person) -> None:
    for header in ("Bearer", "", "Basic YTpi", f"Token {a_member.access_token}", a_member.access_token):
        asked = door.http.post("/graphql", json={"query": "{ me { id } }"}, headers={"Authorization": header})
        assert await why_me(asked) == "TOKEN_INVALID", header
        assert await why_rest(door.http.get("/users", headers={"Authorization": header})) == "invalid_token", header


async def test_a_token_of_5_mb_breaks_nothing(door: Door, host: httpx.AsyncClient) -> None:
    bearer = {"Authorization": "Bearer " + "x" * 5_000_000}

    asked = await why_me(door.http.post("/graphql", json={"query": "{ me { id } }"}, headers=bearer))
    answers = [
        await door.http.get("/users", headers=bearer),
        await door.http.get("/api/v1/users/me", headers=bearer),
        await host.get("/who", headers=bearer),
        await door.answer(WITH_TOKEN % "refresh", {"token": "x" * 5_000_000}),
        await door.answer(WITH_TOKEN % "logout", {"token": "x" * 5_000_000}),
    ]

    assert asked == "TOKEN_INVALID"
    assert [answer.status_code for answer in answers] == [401, 401, 401, 413, 413]
    assert (await door.http.get("/health")).status_code == 200


async def test_a_token_is_read_from_the_header_alone(door: Door, a_member: Person) -> None:
    for name in ("access_token", "token", "authorization", "bearer"):
        listed = await door.http.get("/users", params={name: a_member.access_token})
        asked = await door.http.get("/graphql", params={"query": "{ me { id } }", name: a_member.access_token})

        assert (listed.status_code, listed.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert asked.json() == {"data": {"me": None}}


async def test_a_bad_token_keeps_nobody_from_signing_in(door: Door, a_member: Person) -> None:
    stranger = door.showing("nonsense")

    assert await stranger.codes("login", {"username": "mia", "password": PASSWORD}) == []
    assert await stranger.codes("refresh", {"refreshToken": a_member.refresh_token}) == []
    assert await stranger.codes("register", {"email": "new@example.com", "password": PASSWORD}) == []
    assert (await stranger.ask("{ serviceInfo { version } }"))["serviceInfo"]["version"]


async def test_a_token_that_cannot_be_ours_is_refused_without_asking_the_database(
    make_settings: MakeSettings, clock: SettableClock, forger: Forger
) -> None:
    away = make_settings(database_url="postgresql://nobody@127.0.0.1:1/users")
    looked_for = {"kid unknown", "kid of the forger's key", "kid of the next key"}
    async with serving(create_app(away, clock=clock)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        for name, forgery in (HEADERS | KIDS).items():
            if name not in looked_for:
                refused = await Door(http, forgery.make(forger)).refused("{ me { id } }")
                assert refused["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}, name


async def test_tokens_of_another_installation_are_nobodys(
    make_settings: MakeSettings, clock: SettableClock, databases: SQLite | PostgreSQL, a_member: Person
) -> None:
    elsewhere = await databases.fresh()
    others = (
        make_settings(database_url=elsewhere, secret="another secret, as long as it needs"),
        make_settings(public_url="http://x"),
    )

    for settings in others:
        async with (
            serving(create_app(settings, clock=clock)) as url,
            httpx.AsyncClient(base_url=url, timeout=30) as http,
        ):
            refused = await Door(http, a_member.access_token).refused("{ me { id } }")
            assert refused["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}
            codes = await Door(http).codes("refresh", {"refreshToken": a_member.refresh_token})
            assert codes == [("TOKEN_INVALID", None)]
    await databases.drop(elsewhere)
