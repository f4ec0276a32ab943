"""Facts about the benchmarks: all servers answer the same, a load that is refused is no measure, the page is true."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from benchmarks import operations, report, servers
from benchmarks.__main__ import main
from benchmarks.asking import Client
from benchmarks.cluster import Cluster
from benchmarks.driving import NotMeasuredError, drive
from benchmarks.logins import BEHIND_A_PROXY
from benchmarks.operations import Operation
from benchmarks.people import People
from benchmarks.processes import ALL_CORES
from benchmarks.seeding import seed
from benchmarks.servers import LIMIT, MERCURIUS, OURS, SHARING, USUAL, Kind, Server, running, why_not
from benchmarks.throughput import RACES
from tests.databases import PostgreSQL

USERS = 200
SOMEBODY = "VXNlcjo3"

# Mercurius takes part where somebody has installed it, which `make bench` does.
PEERS = [kind for kind in (USUAL, MERCURIUS, LIMIT, SHARING) if why_not(kind) is None]
READS = ("serviceInfo", "user", "users50", "users100")

needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk makes the load: install Debian's `wrk`")


@pytest.fixture(autouse=True)
def logs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where servers write theirs."""
    monkeypatch.setattr(servers, "FOLDER", tmp_path)


@pytest.fixture
async def people(postgresql: PostgreSQL) -> AsyncIterator[People]:
    """Some hundred people in a database of their own."""
    url = await postgresql.empty()
    await seed(url, USERS)
    yield People(Cluster(postgresql.folder, pid=0), url.partition("?")[0].rpartition("/")[2], USERS)
    await postgresql.drop(url)


async def answered(server: Server, operation: Operation, people: People, bearer: str) -> Any:
    """The data of one answer. Cursors, and how UTC is written, are each server's own."""
    (token,) = await people.refresh_tokens(1)
    body = operation.body.replace("$user", SOMEBODY).replace("$number", server.name).replace("$token", token)
    client = Client(server)
    answer = await client.post(body, Authorization=f"Bearer {bearer}")
    await client.close()
    said = json.loads(answer.body)
    assert answer.status == 200, said
    assert "errors" not in said
    return in_one_spelling(said["data"])


def in_one_spelling(data: Any) -> Any:
    if isinstance(data, list):
        return [in_one_spelling(each) for each in data]
    if not isinstance(data, dict):
        return data.replace("+00:00", "Z") if isinstance(data, str) else data
    return {
        name: bool(value) if name.lower().endswith("cursor") else in_one_spelling(value) for name, value in data.items()
    }


@pytest.mark.parametrize("peer", PEERS, ids=lambda kind: kind.name)
async def test_every_server_answers_what_ours_answers(peer: Kind, people: People) -> None:
    asked = [runner.operation for race in READS for runner in RACES[race] if runner.kind is peer]

    async with AsyncExitStack() as stack:
        ours, theirs = [
            await stack.enter_async_context(running(kind, people.cluster, people.database)) for kind in (OURS, peer)
        ]
        bearer = await people.access_token(ours)
        said = [[await answered(server, operation, people, bearer) for operation in asked] for server in (ours, theirs)]

    assert asked
    assert said[0] == said[1]


async def test_the_limit_writes_what_ours_writes(people: People) -> None:
    async with AsyncExitStack() as stack:
        ours, limit = [
            await stack.enter_async_context(running(kind, people.cluster, people.database)) for kind in (OURS, LIMIT)
        ]
        bearer = await people.access_token(ours)
        changed = [await answered(server, operations.PATCH_USER, people, bearer) for server in (ours, limit)]
        exchanged = [await answered(server, operations.REFRESH, people, bearer) for server in (ours, limit)]
        written = await rows(people, "SELECT kind, user_id, actor_id, ip_address, user_agent, details FROM events")
        sessions = await rows(people, "SELECT generation, refreshed_at > created_at FROM sessions WHERE generation > 1")

    first, second = [each["patchUser"]["user"] for each in changed]
    assert (first["name"], second["name"]) == ("Somebody gql_users", "Somebody limit")
    assert second["version"] == first["version"] + 1 == 3
    assert first.keys() == second.keys()
    assert exchanged[0]["refresh"].keys() == exchanged[1]["refresh"].keys()
    assert exchanged[0]["refresh"]["tokens"].keys() == exchanged[1]["refresh"]["tokens"].keys()
    told = {kind: [row[1:] for row in written if row[0] == kind] for kind in ("PROFILE_CHANGED", "REFRESHED")}
    assert [len(each) for each in told.values()] == [2, 2]
    assert told["PROFILE_CHANGED"][0] == told["PROFILE_CHANGED"][1]
    assert [row[2:] for row in told["REFRESHED"]] == [("127.0.0.1", None, None)] * 2
    assert sessions == [(2, True), (2, True)]


async def rows(people: People, statement: str) -> list[tuple[Any, ...]]:
    async with people.cluster.connection(people.database) as connection:
        return [tuple(row) for row in await connection.fetch(statement)]


@needs_wrk
async def test_every_operation_can_be_driven(people: People) -> None:
    asked = [*(runners[0].operation for runners in RACES.values()), operations.LOGIN]

    async with running(OURS, people.cluster, people.database, pinned=True, **BEHIND_A_PROXY) as server:
        admin, members = [await people.access_token(server)], await people.access_tokens(server, 2)
        tokens = await people.refresh_tokens(4)
        driven = [
            await drive(
                server.url,
                each,
                users=USERS,
                connections=2,
                seconds=1,
                bearers=members if each is operations.ME else admin,
                tokens=tokens,
                cores=ALL_CORES,
            )
            for each in asked
        ]
        networks = await rows(people, "SELECT count(DISTINCT network) FROM attempts")

    assert all(each.requests > 0 for each in driven)
    assert networks[0][0] > 2


@needs_wrk
async def test_answers_that_refuse_are_not_measured(people: People) -> None:
    async with running(OURS, people.cluster, people.database) as server:
        with pytest.raises(NotMeasuredError, match="UNAUTHENTICATED"):
            await drive(server.url, operations.USER, users=USERS, connections=1, seconds=1)


@needs_wrk
async def test_answers_without_what_was_asked_for_are_not_measured(people: People) -> None:
    async with running(OURS, people.cluster, people.database) as server:
        bearer = await people.access_token(server)
        with pytest.raises(NotMeasuredError, match='"user":null'):
            # Most of these nobody has.
            await drive(server.url, operations.USER, users=10**6, connections=1, seconds=1, bearers=[bearer])


def test_an_unknown_name_is_answered_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "warp"])

    with pytest.raises(SystemExit):
        main()

    assert "no such benchmark: warp; there are serviceInfo, me, user" in capsys.readouterr().err


def test_the_page_says_what_was_measured() -> None:
    page = report.PAGE.read_text()

    assert report.filled(page, report.parts(json.loads(report.KNOWN.read_text()))) == page


def test_the_page_has_every_figure_and_picture() -> None:
    page = report.PAGE.read_text()

    assert "not measured" not in page
    for file in re.findall(r"\]\(([\w./-]+\.svg)\)", page):
        assert (report.DOCS / file).exists(), file
