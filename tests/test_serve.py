"""Facts about `gql-users serve`: a first start, many workers, lines without secrets, and the end."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands import Commands, Running
from tests.databases import SECRET, PostgreSQL, SQLite
from tests.door import PASSWORD, Door
from tests.following import a_socket, a_stream

A_CLEAN_END = {0, -signal.SIGTERM}


@pytest.fixture
async def commands(tmp_path: Path, databases: SQLite | PostgreSQL) -> AsyncIterator[Commands]:
    """The command, on a database without tables."""
    url = await databases.empty()
    yield Commands(tmp_path, {"database_url": url, "secret": SECRET})
    await databases.drop(url)


def lines_of(running: Running, logger: str) -> list[dict[str, Any]]:
    """What this part of the service logged."""
    lines = [json.loads(line) for line in running.output.splitlines() if line.startswith("{")]
    return [line for line in lines if line["logger"] == logger]


async def test_a_first_start_in_development_shows_an_admin_once(commands: Commands) -> None:
    async with commands.serving() as first, httpx.AsyncClient(base_url=first.url, timeout=30) as http:
        shown = re.findall(r"The first admin is (\S+), password (\S+)\n", first.output)
        login = {"email": shown[0][0], "password": shown[0][1]}
        payload = await Door(http).done("login", login, "user { isAdmin }")

    async with commands.serving() as second, httpx.AsyncClient(base_url=second.url, timeout=30) as http:
        again = await Door(http).codes("login", login)

    assert len(shown) == 1
    assert payload["user"] == {"isAdmin": True}
    assert (again, "password" in second.output) == ([], False)


async def test_a_start_in_production_neither_migrates_nor_makes_an_admin(commands: Commands) -> None:
    async with (
        commands.serving(env="production") as running,
        httpx.AsyncClient(base_url=running.url, timeout=30) as http,
    ):
        ready = await http.get("/ready")

    assert ready.status_code == 503
    assert "admin" not in running.output


async def test_a_start_in_production_migrates_when_it_is_told_to(commands: Commands) -> None:
    settings = {"env": "production"}
    async with (
        commands.serving("--migrate", **settings) as running,
        httpx.AsyncClient(base_url=running.url, timeout=30) as http,
    ):
        ready = await http.get("/ready")

    assert ready.status_code == 200
    assert "admin" not in running.output


async def test_it_says_where_it_answers(commands: Commands) -> None:
    async with commands.serving() as running:
        said = running.output

    assert f"GraphQL on {running.url}/graphql, REST on {running.url}/docs" in said


async def test_several_workers_share_sessions(commands: Commands) -> None:
    async with commands.serving("--workers", "2") as running:
        async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
            person = await Door(http).register("ann@example.com")

        for _ in range(10):  # each on a connection of its own, so that both workers have their turn
            async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
                me = (await Door(http).as_(person).ask("{ me { email } }"))["me"]
                assert me == {"email": "ann@example.com"}
        code = await running.end()

    assert code in A_CLEAN_END
    assert "Traceback" not in running.output


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_every_worker_writes_a_line_for_every_request(commands: Commands, workers: str) -> None:
    async with commands.serving("--workers", workers) as running:
        ids = {f"request-{number}" for number in range(10)}
        for request_id in ids:
            async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
                await http.get("/health", headers={"X-Request-ID": request_id})
        await running.end()

    assert ids <= {line["request_id"] for line in lines_of(running, "gql_users.requests")}


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_asked_to_end_it_ends_cleanly_and_leaves_the_port(commands: Commands, workers: str) -> None:
    async with commands.serving("--workers", workers) as running:
        code = await running.end()

    assert code in A_CLEAN_END
    assert "Traceback" not in running.output
    async with httpx.AsyncClient(timeout=30) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(running.url)


async def test_a_request_under_way_is_answered_before_the_end(commands: Commands) -> None:
    body = b'{"query": "{ serviceInfo { version } }"}'
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"

    async with commands.serving() as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(running.url.rpartition(":")[2]))
        writer.write(head.encode() + body[:10])
        await asyncio.sleep(0.3)
        ending = asyncio.create_task(running.end())
        await asyncio.sleep(0.3)
        writer.write(body[10:])
        answer = await reader.read()
        writer.close()
        code = await ending

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert code in A_CLEAN_END


async def test_what_is_followed_ends_when_it_is_asked_to_end(commands: Commands) -> None:
    async with (
        commands.serving() as running,
        httpx.AsyncClient(base_url=running.url, timeout=30) as http,
    ):
        ann = Door(http).as_(await Door(http).register("ann@example.com"))
        async with a_stream(ann) as stream, a_socket(ann) as socket:
            assert await socket.begin(ann.token) == {"type": "connection_ack"}
            ending = asyncio.create_task(running.end())
            why, closed = await stream.end(), await socket.closed()
            code = await ending

    assert (why["code"], closed) == ("UNAVAILABLE", 1001)
    assert code in A_CLEAN_END
    # It did not wait until its patience was at an end.
    assert "timeout graceful shutdown exceeded" not in running.output


async def test_what_is_logged_at_debug_has_no_secret_in_it(commands: Commands) -> None:
    async with (
        commands.serving(log_level="debug") as running,
        httpx.AsyncClient(base_url=running.url, timeout=30) as http,
    ):
        secrets = await a_day_with_secrets(Door(http))
        await running.end()

    shown = running.output.partition("It is shown this once.")[2]
    assert len(lines_of(running, "gql_users.requests")) >= 12
    assert [what for what, secret in secrets.items() if secret in shown] == []


async def a_day_with_secrets(door: Door) -> dict[str, str]:
    """Somebody comes, goes, mistypes and asks nonsense. What of all that must not be written down."""
    person = await door.register("ann@example.com")
    payload = await door.done("refresh", {"refreshToken": person.refresh_token}, "tokens { accessToken refreshToken }")
    await door.codes("login", {"email": "ann@example.com", "password": "canary-wrong-password"})
    changed = {"currentPassword": PASSWORD, "newPassword": "canary-next-password"}
    await door.as_(person).done("changePassword", changed)
    await door.codes("refresh", {"refreshToken": person.refresh_token})
    await door.codes("register", {"email": "bob@example.com", "password": "canary"})
    literal = 'mutation Canary { login(input: {email: "a@example.com", password: "canary-literal"}) { user { id } } }'
    for query in (literal, "{ canaryUnknown }", "{ canaryBroken ", "query Canary($input: String!) { me { id } }"):
        await door.answer(query, {"input": ["canary-variable"]})
    await door.http.get("/graphql", params={"query": "{ me { canaryInAddress: id } }"})
    await door.showing("canary-token").answer("{ me { id } }")
    door.http.base_url = door.http.base_url.copy_with(query=b"token=canary-in-address")
    async with a_socket(door) as socket:
        assert await socket.begin(payload["tokens"]["accessToken"]) == {"type": "connection_ack"}
        await socket.subscribe("canary", "subscription { canary: userChanged { kind } }")
    return {
        "password": PASSWORD,
        "hash": "$argon2",
        "access token": person.access_token,
        "refresh token": person.refresh_token,
        "next access token": payload["tokens"]["accessToken"],
        "next refresh token": payload["tokens"]["refreshToken"],
        "anything that was marked": "canary",
        "anything that was marked, in a name": "Canary",
    }
