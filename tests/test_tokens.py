"""Facts about forged tokens: whoever shows one is a stranger, is told so, and breaks nothing."""

from __future__ import annotations

import httpx
import pytest

from gql_users import Settings, create_app
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.forgeries import ALGORITHMS, CLAIMS, HEADERS, NOW, TEXTS, Forgery
from tests.forging import Mint
from tests.serving import serving

FAMILIES = {"algorithms": ALGORITHMS, "headers": HEADERS, "claims": CLAIMS, "texts": TEXTS}
INVALID = {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service whose REST door asks for a token too."""
    return make_settings(rest_access="admin")


@pytest.fixture
def mint(an_admin: Person) -> Mint:
    """What makes tokens like the admin's."""
    return Mint.like(an_admin.access_token)


async def shown_to_graphql(http: httpx.AsyncClient, authorization: str) -> httpx.Response:
    headers = {"Authorization": authorization.encode()}
    return await http.post("/graphql", json={"query": "{ me { id } }"}, headers=headers)  # type: ignore[arg-type]


async def shown_to_rest(http: httpx.AsyncClient, authorization: str) -> httpx.Response:
    return await http.get("/users", headers={"Authorization": authorization.encode()})  # type: ignore[arg-type]


def is_refused_by_graphql(answer: httpx.Response) -> bool:
    """Is the bearer a stranger, who is told that the token is not good?"""
    body = answer.json()
    return (
        answer.status_code == 200
        and body["data"] == {"me": None}
        and [error["extensions"] for error in body["errors"]] == [INVALID]
    )


def is_refused_by_rest(answer: httpx.Response) -> bool:
    """Is the bearer asked for a better token?"""
    return answer.status_code == 401 and answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_the_mint_makes_tokens_that_are_good(door: Door, mint: Mint, an_admin: Person) -> None:
    good = (an_admin.access_token, mint.with_claims(), mint.with_header(), mint.with_texts())

    for token in (*good, mint.with_claims(iat=NOW + 10)):
        assert (await door.showing(token).ask("{ me { id } }"))["me"] == {"id": an_admin.id}
        assert (await shown_to_rest(door.http, f"bearer {token}")).status_code == 200


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
async def test_a_forged_token_is_nobodys_at_either_door(
    door: Door, mint: Mint, an_admin: Person, family: dict[str, Forgery]
) -> None:
    accepted = {}
    for name, forge in family.items():
        bearer = f"Bearer {forge(mint, an_admin)}"
        asked, listed = await shown_to_graphql(door.http, bearer), await shown_to_rest(door.http, bearer)
        if not is_refused_by_graphql(asked) or not is_refused_by_rest(listed):
            accepted[name] = (asked.status_code, asked.text, listed.status_code, listed.text)

    assert accepted == {}


async def test_what_is_no_bearer_token_at_all_is_nobodys(door: Door, an_admin: Person) -> None:
    for header in ("Bearer", "", "Basic YTpi", f"Token {an_admin.access_token}", an_admin.access_token):
        assert is_refused_by_graphql(await shown_to_graphql(door.http, header)), header
        assert is_refused_by_rest(await shown_to_rest(door.http, header)), header


async def test_a_token_of_5_mb_breaks_nothing(door: Door) -> None:
    for answer in (
        await shown_to_graphql(door.http, "Bearer " + "x" * 5_000_000),
        await shown_to_rest(door.http, "Bearer " + "x" * 5_000_000),
    ):
        assert 400 <= answer.status_code < 500 or is_refused_by_graphql(answer)
    assert (await door.http.get("/health")).status_code == 200


async def test_a_token_is_read_from_the_header_alone(door: Door, an_admin: Person) -> None:
    for name in ("access_token", "token", "authorization", "bearer"):
        listed = await door.http.get("/users", params={name: an_admin.access_token})
        asked = await door.http.get("/graphql", params={"query": "{ me { id } }", name: an_admin.access_token})

        assert (listed.status_code, listed.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert asked.json() == {"data": {"me": None}}


async def test_an_expired_token_is_told_from_a_bad_one(door: Door, mint: Mint) -> None:
    for exp in (NOW, NOW - 1, 1, -(10**30)):
        token = mint.with_claims(exp=exp)
        error = await door.showing(token).refused("{ me { id } }")
        assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "TOKEN_EXPIRED"}


async def test_a_bad_token_keeps_nobody_from_signing_in(door: Door, a_member: Person) -> None:
    stranger = door.showing("nonsense")

    assert await stranger.codes("login", {"username": "mia", "password": PASSWORD}) == []
    assert await stranger.codes("refresh", {"refreshToken": a_member.refresh_token}) == []
    assert await stranger.codes("register", {"email": "new@example.com", "password": PASSWORD}) == []
    assert (await stranger.ask("{ serviceInfo { version } }"))["serviceInfo"]["version"]


async def test_a_forged_token_is_refused_without_asking_the_database(
    make_settings: MakeSettings, clock: SettableClock, mint: Mint, an_admin: Person
) -> None:
    away = make_settings(database_url="postgresql://nobody@127.0.0.1:1/users", rest_access="admin")
    looked_up = {"sid of no session", "sub of somebody else", "exp infinite"}
    async with serving(create_app(away, clock=clock)) as url, httpx.AsyncClient(base_url=url) as http:
        for name, forge in (ALGORITHMS | HEADERS | CLAIMS).items():
            if name not in looked_up:
                assert is_refused_by_graphql(await shown_to_graphql(http, f"Bearer {forge(mint, an_admin)}")), name


async def test_tokens_of_another_installation_are_nobodys(
    make_settings: MakeSettings, clock: SettableClock, an_admin: Person
) -> None:
    others = (
        make_settings(secret="another secret, which is as long as it needs"),
        make_settings(public_url="http://x"),
    )

    for settings in others:
        async with serving(create_app(settings, clock=clock)) as url, httpx.AsyncClient(base_url=url) as http:
            assert is_refused_by_graphql(await shown_to_graphql(http, f"Bearer {an_admin.access_token}"))
            codes = await Door(http).codes("refresh", {"refreshToken": an_admin.refresh_token})
            assert codes == [("TOKEN_INVALID", None)]
