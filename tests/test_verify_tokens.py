"""What docs/verify-tokens.md tells other services to do works as it stands there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from gql_users import Settings, create_app
from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.clients.node import PACKAGES, a_client, needs_packages
from tests.conftest import MakeSettings
from tests.databases import SECRET
from tests.door import Door, Person
from tests.forging import OTHER_KEY, REFRESH_KEY, Mint, by
from tests.serving import serving

PAGE = (Path(__file__).parent.parent / "docs" / "verify-tokens.md").read_text()
ADDRESS = "http://localhost:8000"


@dataclass(frozen=True)
class Issuer:
    """A running service that goes by its own address, and somebody who signed in there."""

    url: str
    services: Services
    person: Person

    async def mint(self) -> Mint:
        """What makes tokens like theirs."""
        return Mint.like(self.person.access_token, by("ES256", (await self.services.signing_keys.active()).private))

    async def bad_tokens(self) -> dict[str, str]:
        """What nobody may accept."""
        mint, now = await self.mint(), int(datetime.now(UTC).timestamp())
        return {
            "a refresh token": self.person.refresh_token,
            "expired": mint.with_claims(iat=now - 3600, exp=now - 1800),
            "another issuer": mint.with_claims(iss="http://evil.example"),
            "another audience": mint.with_claims(aud="http://evil.example"),
            "several audiences of which one is ours": mint.with_claims(aud=["http://evil.example"]),
            "no expiry": mint.with_claims(exp=None),
            "no session": mint.with_claims(sid=None),
            "another type": mint.with_header(typ="rt+jwt"),
            "no type": mint.with_header(typ=None),
            "alg none": mint.with_signature(lambda _: b"", alg="none"),
            "HS256 under the name of our key": mint.with_header(by("HS256", REFRESH_KEY), alg="HS256"),
            "another key under our name": mint.with_header(by("ES256", OTHER_KEY.private)),
            "a key of its own": mint.with_header(by("ES256", OTHER_KEY.private), kid=OTHER_KEY.kid),
            "nonsense": "nonsense",
        }


@pytest.fixture
async def issuer(make_settings: MakeSettings) -> AsyncIterator[Issuer]:
    """The service at an address that is known only once it is there."""
    host = FastAPI()
    async with serving(host) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        app = create_app(make_settings(public_url=url))
        host.mount("/", app)
        async with app.router.lifespan_context(app):
            yield Issuer(url, app.state.services, await Door(http).register("ann@example.com"))


def block(language: str, containing: str) -> str:
    """The one piece of code of the page that is in this language and contains this."""
    (found,) = (code for code in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if containing in code)
    return str(found)


def python(containing: str, url: str = ADDRESS) -> dict[str, Any]:
    """The names that a piece of Python of the page defines."""
    names: dict[str, Any] = {}
    code = block("python", containing).replace(ADDRESS, url)
    exec(compile(code, "verify-tokens.md", "exec", dont_inherit=True), names)  # noqa: S102 - the page is ours
    return names


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


@pytest.fixture
async def in_python(issuer: Issuer) -> Callable[[str], Any]:
    """The function of the page."""
    verified: Callable[[str], Any] = python("PyJWKClient", issuer.url)["verified"]
    return verified


async def test_python_accepts_what_is_good(issuer: Issuer, in_python: Callable[[str], Any]) -> None:
    claims = await asyncio.to_thread(in_python, issuer.person.access_token)

    assert claims == claims_of(issuer.person.access_token)
    assert claims["sub"] == str(issuer.person.database_id)


async def test_python_refuses_what_is_not(issuer: Issuer, in_python: Callable[[str], Any]) -> None:
    accepted = []
    for name, token in (await issuer.bad_tokens()).items():
        try:
            accepted.append((name, await asyncio.to_thread(in_python, token)))
        except jwt.PyJWTError:
            continue

    assert accepted == []


async def test_python_verifies_old_and_new_tokens_after_a_rotation(
    issuer: Issuer, in_python: Callable[[str], Any]
) -> None:
    await asyncio.to_thread(in_python, issuer.person.access_token)

    await issuer.services.signing_keys.rotate(OPERATOR)

    new = (await issuer.mint()).with_header(kid=(await issuer.services.signing_keys.active()).kid)
    assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(issuer.person.access_token)["kid"]
    for token in (issuer.person.access_token, new):
        assert (await asyncio.to_thread(in_python, token))["sub"] == str(issuer.person.database_id)


async def test_python_tells_keys_that_cannot_be_fetched_from_a_bad_token(issuer: Issuer) -> None:
    away = python("PyJWKClient", "http://127.0.0.1:1")["verified"]

    with pytest.raises(jwt.PyJWKClientConnectionError):
        await asyncio.to_thread(away, issuer.person.access_token)


@needs_packages
async def test_node_accepts_what_is_good_and_nothing_else(issuer: Issuer, tmp_path: Path) -> None:
    module = tmp_path / "verified.mjs"
    module.write_text(block("javascript", "jose").replace(ADDRESS, issuer.url))
    (tmp_path / "node_modules").symlink_to(PACKAGES)

    async with a_client(module) as client:
        good = await client.call("verified", issuer.person.access_token)
        bad = await issuer.bad_tokens()
        refused = await client.together(*(("verified", token) for token in bad.values()))
        await issuer.services.signing_keys.rotate(OPERATOR)
        new = (await issuer.mint()).with_header(kid=(await issuer.services.signing_keys.active()).kid)
        rotated = [await client.call("verified", token) for token in (issuer.person.access_token, new)]

    assert good == claims_of(issuer.person.access_token)
    assert [name for name, answer in zip(bad, refused, strict=True) if set(answer) != {"error"}] == []
    assert {claims["sub"] for claims in rotated} == {str(issuer.person.database_id)}


async def test_an_application_that_mounts_the_service_knows_who_comes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GQL_USERS_DATABASE_URL", settings.database)
    monkeypatch.setenv("GQL_USERS_SECRET", SECRET)
    application = python("current_user")["app"]

    async with serving(application) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        async with httpx.AsyncClient(base_url=f"{url}/identity", timeout=30) as inside:
            person = await Door(inside).register("ann@example.com")
        known = await http.get("/orders", headers={"Authorization": f"Bearer {person.access_token}"})
        stranger = await http.get("/orders")

    assert (known.status_code, known.json()) == (200, {"orders of": "ann@example.com"})
    assert (stranger.status_code, stranger.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_the_page_names_every_claim_of_a_token_and_no_other() -> None:
    token = block("json", "at+jwt")

    assert set(re.findall(r'"(\w+)":', token)) == {"alg", "typ", "kid", "iss", "aud", "iat", "exp", "sub", "sid", "jti"}
