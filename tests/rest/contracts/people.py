"""The contract `people`, line by line."""

from __future__ import annotations

import httpx

from tests.rest.contracts.rows import made, row

JOHN = {"first_name": "John", "last_name": "Doe", "age": 30, "email": "john@example.com"}


@row("people", "POST /users/ {first_name, last_name, age, email}", "201, with an id, exactly these fields")
async def create(http: httpx.AsyncClient) -> None:
    answer = await http.post("/users/", json=JOHN)

    assert answer.status_code == 201
    assert answer.json() == JOHN | {"id": answer.json()["id"]}


@row("people", "POST /users/", "clear errors in the body: in use, not valid")
async def create_refused(http: httpx.AsyncClient) -> None:
    await made(http, JOHN)

    taken = await http.post("/users/", json=JOHN)
    assert (taken.status_code, taken.json()["detail"]) == (409, "This e-mail address is already in use.")
    for field, value in (
        ("age", "thirty"),
        ("age", -1),
        ("age", 2**40),
        ("age", 30.5),
        ("email", "x"),
        ("last_name", None),
    ):
        refused = await http.post("/users/", json=JOHN | {field: value})
        assert refused.status_code == 422, field
        assert refused.json()["detail"][0]["loc"] == ["body", field]


@row("people", "GET /users/", "200, by pages")
async def list_page(http: httpx.AsyncClient) -> None:
    john = await made(http, JOHN)
    jane = await made(http, JOHN | {"first_name": "Jane", "email": "jane@example.com"})

    assert (await http.get("/users/")).json() == [john, jane]
    assert (await http.get("/users/?skip=1&limit=1")).json() == [jane]


@row("people", "GET /users/{user_id}", "200, 404")
async def show(http: httpx.AsyncClient) -> None:
    john = await made(http, JOHN)

    assert (await http.get(f"/users/{john['id']}")).json() == john
    assert (await http.get("/users/4711")).status_code == 404


@row("people", 'PATCH /users/{user_id} {"age": 31}', "200, only the age changes")
async def change(http: httpx.AsyncClient) -> None:
    john = await made(http, JOHN)

    answer = await http.patch(f"/users/{john['id']}", json={"age": 31})

    assert (answer.status_code, answer.json()) == (200, john | {"age": 31})


@row("people", "PATCH /users/{user_id}", "404, 409, 422")
async def change_refused(http: httpx.AsyncClient) -> None:
    john = await made(http, JOHN)
    jane = await made(http, JOHN | {"email": "jane@example.com"})

    assert (await http.patch("/users/4711", json={"age": 31})).status_code == 404
    assert (await http.patch(f"/users/{john['id']}", json={"email": jane["email"]})).status_code == 409
    assert (await http.patch(f"/users/{john['id']}", json={"age": "31"})).status_code == 422


@row("people", "DELETE /users/{user_id}", "204, then 404")
async def remove(http: httpx.AsyncClient) -> None:
    john = await made(http, JOHN)

    assert (await http.delete(f"/users/{john['id']}")).status_code == 204
    assert (await http.delete(f"/users/{john['id']}")).status_code == 404


@row("people", "GET /healthcheck", "200")
async def healthcheck(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthcheck")).json() == {"status": "ok"}


@row("people", "GET /docs", "interactive documentation")
async def docs(http: httpx.AsyncClient) -> None:
    answer = await http.get("/docs")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
