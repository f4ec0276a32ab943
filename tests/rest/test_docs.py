"""Facts about the REST door's documentation: it says what the routes do, and all of it comes from us."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

ROUTES = {
    ("/.well-known/jwks.json", "get"),
    ("/.well-known/openid-configuration", "get"),
    ("/health", "get"),
    ("/healthcheck", "get"),
    ("/ready", "get"),
    ("/users", "get"),
    ("/users", "post"),
    ("/users/{user_id}", "delete"),
    ("/users/{user_id}", "get"),
    ("/users/{user_id}", "patch"),
    ("/users/{user_id}", "put"),
}


@pytest.fixture
async def document(door: Door) -> Any:
    """The OpenAPI document."""
    return (await door.http.get("/openapi.json")).json()


def schema_of(document: Any, name: str) -> Any:
    """The fields of a body."""
    return document["components"]["schemas"][name]


async def test_every_route_is_listed_once_with_a_summary(document: Any) -> None:
    listed = {(path, method) for path, methods in document["paths"].items() for method in methods}

    assert {(path, method) for path, method in listed if not path.startswith("/api/v1")} == ROUTES
    assert all(document["paths"][path][method]["summary"] for path, method in ROUTES)


async def test_every_answer_that_is_given_is_listed(door: Door, document: Any) -> None:
    ada = {"name": "Ada", "email": "ada@example.com"}
    await door.http.post("/users", json={"name": "Bob", "email": "bob@example.com"})
    whole = {**ada, "is_active": True}
    taken = {"email": "bob@example.com"}
    deeds: list[tuple[str, str, str, Any]] = [
        ("/users", "post", "/users", ada),
        ("/users", "post", "/users", ada),
        ("/users", "post", "/users", {}),
        ("/users", "get", "/users", None),
        ("/users", "get", "/users?limit=0", None),
        ("/users/{user_id}", "get", "/users/2", None),
        ("/users/{user_id}", "get", "/users/9", None),
        ("/users/{user_id}", "get", "/users/x", None),
        ("/users/{user_id}", "put", "/users/2", whole),
        ("/users/{user_id}", "put", "/users/2", {**whole, **taken}),
        ("/users/{user_id}", "put", "/users/2", {}),
        ("/users/{user_id}", "put", "/users/9", whole),
        ("/users/{user_id}", "patch", "/users/2", {"name": "Ada King"}),
        ("/users/{user_id}", "patch", "/users/2", taken),
        ("/users/{user_id}", "patch", "/users/2", {"email": "x"}),
        ("/users/{user_id}", "patch", "/users/9", {"name": "Ada"}),
        ("/users/{user_id}", "delete", "/users/2", None),
        ("/users/{user_id}", "delete", "/users/2", None),
    ]
    given = []

    for path, method, address, body in deeds:
        answer = await door.http.request(method, address, json=body)
        given.append(answer.status_code)
        assert str(answer.status_code) in document["paths"][path][method]["responses"], (method, address)

    assert given == [201, 409, 422, 200, 422, 200, 404, 422, 200, 409, 422, 404, 200, 409, 422, 404, 204, 404]


async def test_bodies_are_described_as_they_are(door: Door, document: Any) -> None:
    made = (await door.http.post("/users", json={"name": "Ada", "email": "ada@example.com"})).json()
    refused = (await door.http.get("/users/9")).json()

    assert (
        set(schema_of(document, "CrudUser")["properties"])
        == set(schema_of(document, "CrudUser")["required"])
        == set(made)
    )
    assert set(schema_of(document, "CrudRefused")["required"]) == set(refused)
    assert set(schema_of(document, "CrudNewUser")["required"]) == {"name", "email"}
    assert set(schema_of(document, "CrudWholeUser")["required"]) == {"name", "email", "is_active"}
    assert set(schema_of(document, "CrudPartOfUser")["properties"]) == {"name", "email", "is_active"}
    assert "required" not in schema_of(document, "CrudPartOfUser")


async def test_what_a_change_leaves_out_is_not_said_to_take_a_default(document: Any) -> None:
    properties = schema_of(document, "CrudPartOfUser")["properties"]

    assert [name for name, described in properties.items() if "default" in described] == []


async def test_the_windows_of_a_list_are_told(document: Any) -> None:
    parameters = {each["name"]: each["schema"] for each in document["paths"]["/users"]["get"]["parameters"]}

    assert (parameters["skip"]["default"], parameters["limit"]["default"]) == (0, 10)
    assert (parameters["skip"]["minimum"], parameters["limit"]["minimum"], parameters["limit"]["maximum"]) == (
        0,
        1,
        100,
    )


@pytest.mark.parametrize("access", ["open", "authenticated", "admin"])
async def test_a_token_is_asked_for_where_the_door_is_not_open(make_settings: MakeSettings, access: str) -> None:
    async with (
        serving(create_app(make_settings(rest_access=access))) as url,
        httpx.AsyncClient(base_url=url, timeout=30) as http,
    ):
        document = (await http.get("/openapi.json")).json()

    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for path, method in ROUTES:
        is_locked = path.startswith("/users") and access != "open"
        assert ("security" in document["paths"][path][method]) == is_locked, (path, method)


async def test_the_page_may_run_and_reach_nothing_but_our_own(door: Door) -> None:
    page = await door.http.get("/docs")

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "http" not in page.headers["Content-Security-Policy"]


async def test_the_page_names_no_foreign_host_and_has_no_script_of_its_own(door: Door) -> None:
    page = (await door.http.get("/docs")).text

    assert "//" not in page
    assert re.findall(r"<script(?! src=)", page) == []
    assert re.findall(r"\son\w+=", page) == []


async def files_of(client: httpx.AsyncClient, page: str) -> dict[str, httpx.Response]:
    """All that a page refers to, fetched."""
    addresses = re.findall(r'(?:src|href)="([^"]+)"', (await client.get(page)).text)
    return {address: await client.get(address) for address in addresses}


async def test_every_file_of_the_page_is_ours(door: Door) -> None:
    files = await files_of(door.http, "/docs")

    assert {answer.status_code for answer in files.values()} == {200}
    kinds = {
        address.rpartition(".")[2]: answer.headers["Content-Type"].partition(";")[0]
        for address, answer in files.items()
    }
    assert kinds == {"js": "text/javascript", "css": "text/css", "png": "image/png"}
    assert '"/openapi.json"' in files["/docs/start.js"].text


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "..%2f__init__.py", "%2e%2e%2f__init__.py", "%00"])
async def test_nothing_beside_the_files_of_the_page_is_served(door: Door, name: str) -> None:
    assert (await door.http.get(f"/docs/{name}")).status_code == 404


async def test_the_page_works_below_a_prefix(app: FastAPI) -> None:
    host = FastAPI()
    host.mount("/our/people", app)

    async with serving(host) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        files = await files_of(client, "/our/people/docs")
        document = await client.get("/our/people/openapi.json")

    assert {answer.status_code for answer in files.values()} == {200}
    assert all(address.startswith("/our/people/docs/") for address in files)
    assert '"/our/people/openapi.json"' in files["/our/people/docs/start.js"].text
    assert document.json()["servers"] == [{"url": "/our/people"}]
