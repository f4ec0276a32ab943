"""Facts about what other services are told: which keys verify our tokens, and where these are."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gql_users import Settings, create_app
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

JWKS, DISCOVERY = "/.well-known/jwks.json", "/.well-known/openid-configuration"
BOTH = pytest.mark.parametrize("path", [JWKS, DISCOVERY])
OURS = "https://app.example"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service with a name, and one frontend."""
    return make_settings(public_url="https://users.example/", cors_origins=OURS)


async def test_the_keys_are_a_set_of_json_web_keys(door: Door) -> None:
    answer = await door.http.get(JWKS)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert set(answer.json()) == {"keys"}
    assert [sorted(key) for key in answer.json()["keys"]] == [["alg", "crv", "kid", "kty", "use", "x", "y"]] * 2


async def test_the_issuer_leads_to_the_keys(door: Door) -> None:
    answer = await door.http.get(DISCOVERY)

    assert answer.status_code == 200
    assert answer.json() == {
        "issuer": "https://users.example",
        "jwks_uri": "https://users.example/.well-known/jwks.json",
        "id_token_signing_alg_values_supported": ["ES256"],
        "subject_types_supported": ["public"],
        "response_types_supported": [],
    }


@BOTH
async def test_both_may_be_kept_for_a_minute_by_anybody(door: Door, path: str) -> None:
    answer = await door.http.get(path)

    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@BOTH
async def test_nobody_needs_a_token_and_a_bad_one_does_no_harm(door: Door, path: str) -> None:
    without = await door.http.get(path)
    bad = await door.http.get(path, headers={"Authorization": "Bearer nonsense"})

    assert (bad.status_code, bad.content) == (without.status_code, without.content) == (200, without.content)


@BOTH
@pytest.mark.parametrize(("origin", "allowed"), [(OURS, OURS), ("https://evil.example", None)])
async def test_a_browser_may_read_them_on_the_pages_that_were_named(
    door: Door, path: str, origin: str, allowed: str | None
) -> None:
    answer = await door.http.get(path, headers={"Origin": origin})

    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (200, allowed)


@BOTH
async def test_they_are_only_read(door: Door, path: str) -> None:
    answers = [await door.http.request(method, path) for method in ("POST", "PUT", "PATCH", "DELETE")]

    assert [(answer.status_code, answer.headers["Allow"]) for answer in answers] == [(405, "GET")] * 4


async def test_the_documentation_has_them_without_a_lock(door: Door) -> None:
    document: Any = (await door.http.get("/openapi.json")).json()

    for path, model in ((JWKS, "KeySet"), (DISCOVERY, "Discovery")):
        described = document["paths"][path]["get"]
        shown = described["responses"]["200"]["content"]["application/json"]["schema"]
        assert shown == {"$ref": f"#/components/schemas/{model}"}
        assert (described["tags"], "security" in described) == (["for other services"], False)
        assert described["summary"]


@BOTH
async def test_without_the_database_they_say_when_to_come_again(make_settings: MakeSettings, path: str) -> None:
    app = create_app(make_settings(database_url="postgresql://nobody:canary@127.0.0.1:1/users"))

    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        answer = await http.get(path)

    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "UNAVAILABLE", "1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "canary" not in answer.text
