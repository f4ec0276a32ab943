"""The contract `crud`, line by line."""

from __future__ import annotations

import httpx

from tests.rest.contracts.rows import made, row

ADA = {"name": "Ada", "email": "ada@example.com"}
BOB = {"name": "Bob", "email": "bob@example.com"}
FIELDS = {"id", "name", "email", "is_active", "created_at", "updated_at"}


@row("crud", "POST /users {name, email}", "201, the user, exactly these fields")
async def create(http: httpx.AsyncClient) -> None:
    answer = await http.post("/users", json=ADA)

    assert answer.status_code == 201
    assert set(answer.json()) == FIELDS
    assert isinstance(answer.json()["id"], int)
    assert answer.json() | ADA | {"is_active": True} == answer.json()


@row("crud", "POST /users {name, email}", "409, e-mail in use")
async def create_taken(http: httpx.AsyncClient) -> None:
    await made(http, ADA)

    assert (await http.post("/users", json=ADA)).status_code == 409
    assert (await http.post("/users", json=ADA | {"email": "ADA@EXAMPLE.COM"})).status_code == 409


@row("crud", "POST /users {name, email}", "422, invalid")
async def create_invalid(http: httpx.AsyncClient) -> None:
    wrong: list[object] = [{}, {"name": "Ada"}, {"email": "a@example.com"}, ADA | {"email": "x"}, ADA | {"name": 1}, []]
    for body in wrong:
        assert (await http.post("/users", json=body)).status_code == 422, body


@row("crud", "GET /users", "200, an array, the first ten when nothing is said")
async def list_default(http: httpx.AsyncClient) -> None:
    for number in range(12):
        await made(http, {"name": "N", "email": f"n{number}@example.com"})

    answer = await http.get("/users")

    assert answer.status_code == 200
    assert [user["email"] for user in answer.json()] == [f"n{number}@example.com" for number in range(10)]
    assert set(answer.json()[0]) == FIELDS


@row("crud", "GET /users?skip=1&limit=1", "200, the second alone")
async def list_part(http: httpx.AsyncClient) -> None:
    await made(http, ADA)
    bob = await made(http, BOB)

    assert (await http.get("/users?skip=1&limit=1")).json() == [bob]
    assert (await http.get("/users/?skip=1&limit=1")).json() == [bob]


@row("crud", "GET /users", "200, an empty array when there is nobody")
async def list_nobody(http: httpx.AsyncClient) -> None:
    assert (await http.get("/users")).json() == []


@row("crud", "GET /users?skip=…&limit=…", "422 for nonsense")
async def list_nonsense(http: httpx.AsyncClient) -> None:
    for query in (
        "skip=-1",
        "limit=-1",
        "limit=0",
        "limit=x",
        "skip=1e9",
        "limit=101",
        f"skip={2**70}",
        "skip=%00",
        "skip=1&skip=2",
    ):
        assert (await http.get(f"/users?{query}")).status_code == 422, query


@row("crud", "GET /users/{id}", "200")
async def show(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)

    assert (await http.get(f"/users/{ada['id']}")).json() == ada
    assert (await http.get(f"/users/{ada['id']}/")).json() == ada


@row("crud", "GET /users/{id}", "404")
async def show_missing(http: httpx.AsyncClient) -> None:
    for number in (1, 0, -1, 2**31, 2**63, 10**30):
        assert (await http.get(f"/users/{number}")).status_code == 404, number


@row("crud", "PUT /users/{id} {name, email, is_active}", "200, all replaced")
async def replace(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)

    answer = await http.put(f"/users/{ada['id']}", json=BOB | {"is_active": False})

    assert answer.status_code == 200
    assert answer.json() == ada | BOB | {"is_active": False, "updated_at": answer.json()["updated_at"]}


@row("crud", "PUT /users/{id}", "404")
async def replace_missing(http: httpx.AsyncClient) -> None:
    assert (await http.put("/users/4711", json=BOB | {"is_active": True})).status_code == 404


@row("crud", "PUT /users/{id}", "409, e-mail in use")
async def replace_taken(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)
    await made(http, BOB)

    answer = await http.put(f"/users/{ada['id']}", json=BOB | {"is_active": False})

    assert answer.status_code == 409
    assert (await http.get(f"/users/{ada['id']}")).json() == ada


@row("crud", "PUT /users/{id}", "422, also when a part is missing")
async def replace_invalid(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)

    for body in (ADA, {"is_active": True}, ADA | {"is_active": "yes"}, ADA | {"is_active": None}):
        assert (await http.put(f"/users/{ada['id']}", json=body)).status_code == 422, body


@row("crud", "PATCH /users/{id} any subset", "200, the rest stays")
async def change(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)

    answer = await http.patch(f"/users/{ada['id']}", json={"email": "new@example.com"})

    assert answer.status_code == 200
    assert answer.json() == ada | {"email": "new@example.com", "updated_at": answer.json()["updated_at"]}
    for body in ({"name": "Augusta"}, {"is_active": False}, {"is_active": True}, {}):
        assert (await http.patch(f"/users/{ada['id']}", json=body)).status_code == 200, body


@row("crud", "PATCH /users/{id}", "404")
async def change_missing(http: httpx.AsyncClient) -> None:
    assert (await http.patch("/users/4711", json={"name": "Ada"})).status_code == 404


@row("crud", "PATCH /users/{id}", "409, e-mail in use")
async def change_taken(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)
    await made(http, BOB)

    assert (await http.patch(f"/users/{ada['id']}", json={"email": BOB["email"]})).status_code == 409


@row("crud", "PATCH /users/{id}", "422")
async def change_invalid(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)

    for body in ({"email": "x"}, {"email": None}, {"name": ""}, {"name": "\x00"}, {"is_active": 1}, "text", [1]):
        assert (await http.patch(f"/users/{ada['id']}", json=body)).status_code == 422, body


@row("crud", "DELETE /users/{id}", "204, no body, and it is gone")
async def remove(http: httpx.AsyncClient) -> None:
    ada = await made(http, ADA)

    answer = await http.delete(f"/users/{ada['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await http.get(f"/users/{ada['id']}")).status_code == 404


@row("crud", "DELETE /users/{id}", "404")
async def remove_missing(http: httpx.AsyncClient) -> None:
    assert (await http.delete("/users/4711")).status_code == 404


@row("crud", "GET /health", '200 {"status":"ok"}')
async def health(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health")

    assert (answer.status_code, answer.text) == (200, '{"status":"ok"}')
