"""Facts about the `/users` contract `crud`, row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.door import Door, SettableClock

ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}
BOB = {"name": "Bob", "email": "bob@example.com"}
NOW = "2026-03-01T12:00:00Z"
LATER = "2026-03-01T12:00:05Z"

WHOLE = {**BOB, "is_active": True}
BROKEN: list[Any] = [
    {},
    {"name": "Bob", "is_active": True},
    {"email": "bob@example.com", "is_active": True},
    {**WHOLE, "email": "nonsense"},
    {**WHOLE, "email": "bob@example.com\r\nBcc: x"},
    {**WHOLE, "name": "B\0b"},
    {**WHOLE, "name": "x" * 201},
    [WHOLE],
    None,
]
BROKEN_PARTS: list[Any] = [{"name": None}, {"name": " "}, {"email": None}, {"email": "x"}, {"is_active": 1}]
MALFORMED = [b"", b"{", b"\xff", b"[" * 60_000, b"[" * 100_000, b'{"name": ' + b"9" * 5_000 + b"}"]
CHANGES: list[tuple[str, Any]] = [
    ("PUT", {"name": "Ada King", "email": "king@example.com", "is_active": False}),
    ("PATCH", {"email": "king@example.com"}),
    ("PATCH", {"name": "Ada King"}),
    ("PATCH", {"is_active": False}),
]
SLASHES = pytest.mark.parametrize("slash", ["", "/"])


@pytest.fixture
def http(door: Door) -> httpx.AsyncClient:
    """A client that follows no redirects and shows no token."""
    return door.http


@pytest.fixture
async def ada(http: httpx.AsyncClient) -> Any:
    """A user as the contract shows her."""
    return (await http.post("/users", json=ADA)).json()


@SLASHES
async def test_a_user_is_made(http: httpx.AsyncClient, slash: str) -> None:
    answer = await http.post(f"/users{slash}", json=ADA)

    assert answer.status_code == 201
    assert answer.json() == {"id": 1, **ADA, "is_active": True, "created_at": NOW, "updated_at": NOW}


@SLASHES
async def test_users_are_listed_by_number_ten_at_a_time(http: httpx.AsyncClient, slash: str) -> None:
    for n in range(12):
        await http.post("/users", json={"name": f"P{n}", "email": f"p{n}@example.com"})

    async def numbers(**window: int) -> list[int]:
        answer = await http.get(f"/users{slash}", params=window)
        assert answer.status_code == 200
        return [user["id"] for user in answer.json()]

    assert await numbers() == list(range(1, 11))
    assert await numbers(skip=10) == [11, 12]
    assert await numbers(skip=3, limit=2) == [4, 5]
    assert await numbers(skip=2**31 - 1, limit=100) == []


@pytest.mark.parametrize("window", ["skip=-1", "limit=0", "limit=101", "skip=x", "limit=1.5", f"skip={2**64}"])
async def test_nonsensical_windows_are_refused(http: httpx.AsyncClient, window: str) -> None:
    assert (await http.get(f"/users?{window}")).status_code == 422


@SLASHES
async def test_a_user_is_shown(http: httpx.AsyncClient, ada: Any, slash: str) -> None:
    answer = await http.get(f"/users/{ada['id']}{slash}")

    assert (answer.status_code, answer.json()) == (200, ada)


@SLASHES
@pytest.mark.parametrize(("method", "said"), CHANGES)
async def test_a_user_is_replaced_or_changed_in_part(
    http: httpx.AsyncClient, ada: Any, clock: SettableClock, slash: str, method: str, said: Any
) -> None:
    clock.advance(timedelta(seconds=5))

    answer = await http.request(method, f"/users/{ada['id']}{slash}", json=said)

    assert (answer.status_code, answer.json()) == (200, {**ada, **said, "updated_at": LATER})
    assert (await http.get("/users/1")).json() == answer.json()


async def test_no_change_changes_nothing(http: httpx.AsyncClient, ada: Any, clock: SettableClock) -> None:
    clock.advance(timedelta(seconds=5))
    same = {**ADA, "is_active": True}

    for method, said in (("PATCH", {}), ("PATCH", same), ("PUT", same)):
        answer = await http.request(method, "/users/1", json=said)
        assert (answer.status_code, answer.json()) == (200, ada)


@SLASHES
async def test_a_user_is_removed(http: httpx.AsyncClient, ada: Any, slash: str) -> None:
    answer = await http.delete(f"/users/{ada['id']}{slash}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await http.get(f"/users/{ada['id']}")).status_code == 404
    assert (await http.post("/users", json=ADA)).json()["id"] != ada["id"]


async def test_an_address_in_use_is_refused_however_it_is_spelled(http: httpx.AsyncClient, ada: Any) -> None:
    await http.post("/users", json=BOB)
    taken = {"email": "ADA@Example.com"}
    deeds: list[Any] = [("POST", "/users", BOB), ("PUT", "/users/2", WHOLE), ("PATCH", "/users/2", {})]

    for method, address, said in deeds:
        answer = await http.request(method, address, json={**said, **taken})
        assert answer.status_code == 409
        assert answer.json() == {"detail": "This e-mail address is already in use.", "code": "EMAIL_TAKEN"}
    assert (await http.get("/users/2")).json()["email"] == "bob@example.com"


async def about(http: httpx.AsyncClient, number: object) -> list[int]:
    """What each deed on the user of this number is answered with."""
    deeds: list[Any] = [("GET", None), ("PUT", WHOLE), ("PATCH", {"name": "Bob"}), ("DELETE", None)]
    return [(await http.request(method, f"/users/{number}", json=said)).status_code for method, said in deeds]


@pytest.mark.parametrize("number", [2, 0, -1, 2**63 - 1])
async def test_nobody_has_a_number_that_was_not_given(http: httpx.AsyncClient, ada: Any, number: int) -> None:
    assert await about(http, number) == [404] * 4


@pytest.mark.parametrize("number", [str(2**63), "-" + "9" * 30, "9" * 5_000, "x", "1.5", "%00"], ids=lambda x: x[:25])
async def test_nobody_has_a_number_that_nobody_can_have(http: httpx.AsyncClient, number: str) -> None:
    assert set(await about(http, number)) <= {404, 422}


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: str(body)[:60])
async def test_what_breaks_a_rule_is_refused_and_not_repeated(http: httpx.AsyncClient, ada: Any, body: Any) -> None:
    for answer in (await http.post("/users", json=body), await http.put("/users/1", json=body)):
        assert answer.status_code == 422, answer.text
        assert all(set(problem) == {"type", "loc", "msg"} for problem in answer.json()["detail"])
        assert "bob@" not in answer.text.lower()
    assert (await http.get("/users")).json() == [ada]


@pytest.mark.parametrize("part", BROKEN_PARTS, ids=str)
async def test_a_part_that_breaks_a_rule_is_refused(http: httpx.AsyncClient, ada: Any, part: dict[str, object]) -> None:
    answer = await http.patch("/users/1", json=part)

    assert answer.status_code == 422
    assert [problem["loc"] for problem in answer.json()["detail"]] == [["body", *part]]


async def test_everything_wrong_is_said_at_once(http: httpx.AsyncClient) -> None:
    answer = await http.post("/users", json={"name": "", "email": "nonsense"})

    assert sorted(problem["loc"] for problem in answer.json()["detail"]) == [["body", "email"], ["body", "name"]]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: f"{body[:9]!r} {len(body)}")
async def test_a_malformed_body_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/users", content=body, headers={"Content-Type": "application/json"})

    assert 400 <= answer.status_code < 500
    assert answer.json()["detail"]


async def test_what_the_contract_does_not_know_cannot_be_set(http: httpx.AsyncClient) -> None:
    more = {"id": 77, "is_admin": True, "isAdmin": True, "created_at": LATER, "password": "correct horse", "version": 9}

    made = (await http.post("/users", json={**ADA, **more})).json()
    changed = (await http.patch("/users/1", json=more)).json()

    assert made == changed == {"id": 1, **ADA, "is_active": True, "created_at": NOW, "updated_at": NOW}
    assert (await http.delete("/users/1")).status_code == 204, "the last admin could not be removed"


async def test_the_last_admin_stays(http: httpx.AsyncClient, ada: Any, services: Services) -> None:
    await services.administration.set_admin(OPERATOR, 1, is_admin=True)

    for answer in (await http.delete("/users/1"), await http.patch("/users/1", json={"is_active": False})):
        assert (answer.status_code, answer.json()["code"]) == (409, "LAST_ADMIN")
    assert (await http.get("/users/1")).json() == {**ada, "is_active": True}
