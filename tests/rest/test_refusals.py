"""Facts about how REST says no, whatever the contract."""

from __future__ import annotations

import asyncio

import pytest

from tests.door import Door


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/users", "GET, POST"),
        ("/users/1", "DELETE, GET, PATCH, PUT"),
        ("/users/1/", "DELETE, GET, PATCH, PUT"),
        ("/api/v1/users/me", "GET, PATCH"),
        ("/api/v1/auth/login", "POST"),
        ("/health", "GET"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_what_can(door: Door, path: str, allowed: str) -> None:
    answer = await door.http.request("TRACE", path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


async def test_the_way_to_the_next_page_names_no_host(as_admin: Door) -> None:
    await as_admin.register("somebody@example.com")

    headers = {**as_admin.headers, "Host": "evil.example"}
    answer = await as_admin.http.get("/api/v1/admin/users?limit=1", headers=headers)

    assert answer.headers["Link"].startswith("<?limit=1&after=")
    assert "evil" not in str(answer.headers)


async def test_who_hangs_up_while_asking_is_no_failure_of_ours(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    port = door.http.base_url.port
    caplog.set_level("INFO")
    _, writer = await asyncio.open_connection("127.0.0.1", port)

    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()

    await asyncio.sleep(0.5)
    assert [vars(record)["status"] for record in caplog.records if record.name == "gql_users.requests"] == [499]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
