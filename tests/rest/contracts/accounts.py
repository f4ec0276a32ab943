"""The contract `accounts`, line by line."""

from __future__ import annotations

import httpx

from tests.rest.contracts.rows import made, row

GRACE = {
    "first_name": "Grace",
    "last_name": "Hopper",
    "email": "grace@example.com",
    "password": "a long enough password",
}
FIELDS = {"id", "first_name", "last_name", "email", "created_at", "updated_at"}
NOT_FOUND = (404, {"detail": "User not found"})
INVALID = (400, {"detail": "Invalid data"})
TAKEN = (400, {"detail": "Email already registered"})


def told(answer: httpx.Response) -> tuple[int, object]:
    """Status and body."""
    return answer.status_code, answer.json()


@row("accounts", "POST /users/ all four", "201, six fields, the password never")
async def create(http: httpx.AsyncClient) -> None:
    answer = await http.post("/users/", json=GRACE)

    assert answer.status_code == 201
    assert set(answer.json()) == FIELDS
    assert "password" not in answer.text


@row("accounts", "POST /users/", '400 {"detail":"Email already registered"}')
async def create_taken(http: httpx.AsyncClient) -> None:
    await made(http, GRACE)

    assert told(await http.post("/users/", json=GRACE)) == TAKEN


@row("accounts", "POST /users/", '400 {"detail":"Invalid data"}')
async def create_invalid(http: httpx.AsyncClient) -> None:
    for field, value in (
        ("email", "x"),
        ("password", "short"),
        ("first_name", None),
        ("last_name", 1),
        ("password", ""),
    ):
        assert told(await http.post("/users/", json=GRACE | {field: value})) == INVALID, field
    assert told(await http.post("/users/", json={})) == INVALID
    assert told(await http.post("/users/", content="{", headers={"Content-Type": "application/json"})) == INVALID


@row("accounts", "GET /users/{user_id}", "200")
async def show(http: httpx.AsyncClient) -> None:
    grace = await made(http, GRACE)

    assert told(await http.get(f"/users/{grace['id']}")) == (200, grace)


@row("accounts", "GET /users/{user_id}", '404 {"detail":"User not found"}')
async def show_missing(http: httpx.AsyncClient) -> None:
    for number in ("4711", "0", "-1", str(2**63), "nonsense"):
        assert told(await http.get(f"/users/{number}")) == NOT_FOUND, number


@row("accounts", "PUT /users/{user_id} every field optional", "200, the rest stays")
async def change(http: httpx.AsyncClient) -> None:
    grace = await made(http, GRACE)

    answer = await http.put(f"/users/{grace['id']}", json={"last_name": "Murray"})

    assert told(answer) == (200, grace | {"last_name": "Murray", "updated_at": answer.json()["updated_at"]})
    for body in ({}, {"password": "another long password"}, {"email": "g@example.com"}):
        assert (await http.put(f"/users/{grace['id']}", json=body)).status_code == 200, body


@row("accounts", "PUT /users/{user_id}", '404 {"detail":"User not found"}')
async def change_missing(http: httpx.AsyncClient) -> None:
    for body in ({"last_name": "Murray"}, {"password": "another long password"}):
        assert told(await http.put("/users/4711", json=body)) == NOT_FOUND


@row("accounts", "PUT /users/{user_id}", "400, either message")
async def change_refused(http: httpx.AsyncClient) -> None:
    grace = await made(http, GRACE)
    other = await made(http, GRACE | {"email": "other@example.com"})

    assert told(await http.put(f"/users/{grace['id']}", json={"email": other["email"]})) == TAKEN
    for field, value in (("email", "x"), ("password", "short"), ("first_name", None), ("last_name", "\x00")):
        assert told(await http.put(f"/users/{grace['id']}", json={field: value})) == INVALID, field


@row("accounts", "DELETE /users/{user_id}", "204, empty")
async def remove(http: httpx.AsyncClient) -> None:
    grace = await made(http, GRACE)

    answer = await http.delete(f"/users/{grace['id']}")

    assert (answer.status_code, answer.content) == (204, b"")


@row("accounts", "DELETE /users/{user_id}", '404 {"detail":"User not found"}')
async def remove_missing(http: httpx.AsyncClient) -> None:
    assert told(await http.delete("/users/4711")) == NOT_FOUND


@row("accounts", "GET /users/", "200, an array of everybody")
async def list_everybody(http: httpx.AsyncClient) -> None:
    everybody = [await made(http, GRACE | {"email": f"grace{number}@example.com"}) for number in range(12)]

    assert told(await http.get("/users/")) == (200, everybody)


@row("accounts", "GET /users/", '404 {"detail":"No users found"} when there is nobody')
async def list_nobody(http: httpx.AsyncClient) -> None:
    assert told(await http.get("/users/")) == (404, {"detail": "No users found"})
