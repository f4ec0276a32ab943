"""Facts about whether the service is alive and fit to answer."""

from __future__ import annotations

import httpx
import pytest

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL, SQLite
from tests.door import Door
from tests.serving import serving

NOWHERE = "postgresql+asyncpg://nobody:canary@127.0.0.1:1/nothing"


async def test_a_service_that_runs_is_alive_and_ready(door: Door) -> None:
    for path in ("/health", "/ready"):
        answer = await door.http.get(path)

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_service_without_its_database_is_alive_but_not_ready(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(database_url=NOWHERE))

    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        alive, ready = await http.get("/health"), await http.get("/ready")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["code"]) == (503, "UNAVAILABLE")
    assert int(ready.headers["Retry-After"]) >= 1
    assert "canary" not in ready.text
    assert "127.0.0.1" not in ready.text


async def test_a_database_without_tables_is_not_ready_until_it_is_migrated(
    databases: SQLite | PostgreSQL, make_settings: MakeSettings
) -> None:
    database_url = await databases.empty()
    app = create_app(make_settings(database_url=database_url))

    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        before = await http.get("/ready")
        await app.state.services.operation.migrate()
        after = await http.get("/ready")
    await databases.drop(database_url)

    assert (before.status_code, before.json()["code"]) == (503, "UNAVAILABLE")
    assert "Run `gql-users migrate`." in before.text
    assert (after.status_code, after.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_nobody_needs_a_token_and_a_bad_one_does_no_harm(make_settings: MakeSettings, path: str) -> None:
    app = create_app(make_settings(env="production"))

    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        without = await http.get(path)
        bad = await http.get(path, headers={"Authorization": "Bearer nonsense"})

    assert without.status_code == bad.status_code == 200


async def test_an_answer_about_health_is_not_kept(door: Door) -> None:
    assert (await door.http.get("/health")).headers["Cache-Control"] == "no-store"
