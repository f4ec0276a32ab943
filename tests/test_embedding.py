"""Facts about the service inside another application: under its prefix, beside its like, and gone when told."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from gql_users import Settings, create_app
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL, SQLite
from tests.door import PASSWORD, Door
from tests.serving import serving

# What is there after an import: engines, threads and files, none of which anybody asked for yet.
LOOK = """
import gc, json, os, threading
import gql_users, gql_users.cli, gql_users.app, gql_users.graphql.schema
from sqlalchemy import Engine
engines = [each for each in gc.get_objects() if isinstance(each, Engine)]
print(json.dumps([len(engines), threading.active_count(), os.listdir("."), gql_users.__all__]))
"""


def hosting(app: FastAPI) -> FastAPI:
    """An application of somebody else, with the service at /identity."""

    @asynccontextmanager
    async def lifespan(_host: FastAPI) -> AsyncIterator[None]:
        async with app.router.lifespan_context(app):
            yield

    host = FastAPI(lifespan=lifespan)
    host.add_api_route("/users", lambda: "the users of the host")
    host.mount("/identity", app)
    return host


@pytest.fixture
async def host(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The way into the host."""
    async with serving(hosting(app)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield http


@pytest.fixture
async def inside(host: httpx.AsyncClient) -> AsyncIterator[Door]:
    """The doors of the service inside the host."""
    async with httpx.AsyncClient(base_url=host.base_url.join("/identity"), timeout=30) as http:
        yield Door(http)


async def test_graphql_answers_under_the_prefix(inside: Door) -> None:
    person = await inside.register("ann@example.com")

    assert (await inside.as_(person).ask("{ me { email } }"))["me"] == {"email": "ann@example.com"}
    assert await inside.codes("login", {"email": "ann@example.com", "password": PASSWORD}) == []


async def test_rest_answers_under_the_prefix_and_leaves_the_host_its_own(host: httpx.AsyncClient) -> None:
    created = await host.post("/identity/users", json={"name": "Ann", "email": "ann@example.com"})

    number = created.json()["id"]
    assert (created.status_code, (await host.get(f"/identity/users/{number}")).json()["name"]) == (201, "Ann")
    assert [(await host.get(f"/identity/{path}")).status_code for path in ("users/", "health", "ready")] == [200] * 3
    assert (await host.get("/users")).json() == "the users of the host"
    assert (await host.get("/graphql")).status_code == 404


async def test_the_explorer_and_all_it_links_to_lie_under_the_prefix(host: httpx.AsyncClient) -> None:
    page = await host.get("/identity/graphql", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "/identity/graphql" in page.text
    links = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page.text) if not link.startswith("data:")]
    assert [(link, (await host.get(link)).status_code) for link in links] == [(link, 200) for link in links]


async def test_the_documentation_and_all_it_links_to_lie_under_the_prefix(host: httpx.AsyncClient) -> None:
    page = await host.get("/identity/docs")

    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) >= 3
    assert [(link, (await host.get(link)).status_code) for link in links] == [(link, 200) for link in links]
    described = re.findall(r'"url": "([^"]+)"', (await host.get("/identity/docs/start.js")).text)
    openapi = (await host.get(described[0])).json()
    assert "/users/{user_id}" in openapi["paths"]
    assert openapi["servers"] == [{"url": "/identity"}]


async def test_answers_inside_a_host_have_an_id_and_the_security_headers(host: httpx.AsyncClient) -> None:
    answer = await host.get("/identity/nowhere", headers={"X-Request-ID": "request-0451"})

    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] == "request-0451"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_host_that_ends_lets_the_connections_go(
    app: FastAPI, databases: SQLite | PostgreSQL, database_url: str
) -> None:
    threads = threading.active_count()
    async with serving(hosting(app)) as url, httpx.AsyncClient(base_url=f"{url}/identity", timeout=30) as http:
        person = await Door(http).register("ann@example.com")
        await Door(http).as_(person).ask("{ me { id } }")

    # Each connection to SQLite has a thread, and so has the hashing of passwords. They end soon, not at once.
    for _ in range(50):
        if threading.active_count() > threads:
            await asyncio.sleep(0.1)
    assert threading.active_count() <= threads
    if isinstance(databases, PostgreSQL):
        name = database_url.partition("?")[0].rpartition("/")[2]
        await databases.run(f"ALTER DATABASE {name} RENAME TO {name}_free")  # refused while anybody is connected
        await databases.run(f"ALTER DATABASE {name}_free RENAME TO {name}")


def test_an_import_builds_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "GQL_USERS_ENV": "nonsense"}
    looked = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )

    assert json.loads(looked.stdout) == [0, 1, [], ["Settings", "__version__", "create_app", "current_user"]]


async def test_an_application_connects_to_nothing_before_it_is_asked(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(database_url="postgresql://nobody@127.0.0.1:1/users"))

    async with app.router.lifespan_context(app):
        assert app.title == "gql_users"


async def test_two_applications_in_one_process_do_not_mix(
    make_settings: MakeSettings, databases: SQLite | PostgreSQL
) -> None:
    other_url = await databases.fresh()
    one = create_app(make_settings(public_url="http://one.example"))
    other = create_app(
        make_settings(
            database_url=other_url, registration="closed", rest_access="admin", public_url="http://two.example"
        )
    )
    host = FastAPI()
    host.mount("/one", one)
    host.mount("/two", other)

    async with (
        serving(host) as url,
        httpx.AsyncClient(base_url=f"{url}/one", timeout=30) as first,
        httpx.AsyncClient(base_url=f"{url}/two", timeout=30) as second,
    ):
        person = await Door(first).register("ann@example.com")
        closed = await Door(second).codes("register", {"email": "ann@example.com", "password": PASSWORD})
        foreign = await Door(second).as_(person).refused("{ me { id } }")
        rest = [(await client.get("/users")).status_code for client in (first, second)]

    assert closed == [("FORBIDDEN", None)]
    assert foreign["extensions"]["reason"] == "TOKEN_INVALID"
    assert rest == [200, 401]
    for app in (one, other):
        await app.state.services.operation.close()
    await databases.drop(other_url)


def test_settings_that_make_no_sense_are_refused_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GQL_USERS_ENV", "nonsense")

    with pytest.raises(ValueError, match="env"):
        create_app()


async def test_without_settings_they_are_read_from_the_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GQL_USERS_DATABASE_URL", settings.database)
    monkeypatch.setenv("GQL_USERS_REGISTRATION", "closed")

    async with serving(create_app()) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        info = (await Door(http).ask("{ serviceInfo { registration } }"))["serviceInfo"]

    assert info == {"registration": "CLOSED"}
