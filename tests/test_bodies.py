"""Facts about request bodies: not too large, not encoded, and refused before anybody reads them."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gql_users import Settings
from tests.conftest import MakeSettings
from tests.door import Door

LIMIT = 2_048
QUERY = {"query": "{ serviceInfo { version } }"}
JSON = {"Content-Type": "application/json"}
DOORS = ["/graphql", "/users"]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service that takes small bodies."""
    return make_settings(max_body_bytes=LIMIT)


def padded(size: int) -> bytes:
    """A GraphQL request of so many bytes."""
    text = json.dumps(QUERY)
    return (text[:-1] + " " * (size - len(text)) + "}").encode()


async def in_pieces(content: bytes, size: int = 100) -> AsyncIterator[bytes]:
    """The content, chunk by chunk, of a length that is not announced."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def assert_too_large(answer: httpx.Response) -> None:
    """It says how much would have been taken, in the words of both doors."""
    assert answer.status_code == 413
    assert answer.headers["X-Request-ID"]
    assert f"{LIMIT} bytes" in answer.text


@pytest.mark.parametrize("path", DOORS)
async def test_a_body_over_the_limit_is_refused_by_its_announced_length(door: Door, path: str) -> None:
    assert_too_large(await door.http.post(path, content=padded(LIMIT + 1), headers=JSON))


@pytest.mark.parametrize("path", DOORS)
async def test_a_body_over_the_limit_is_refused_when_it_comes_in_pieces(door: Door, path: str) -> None:
    assert_too_large(await door.http.post(path, content=in_pieces(padded(LIMIT + 1)), headers=JSON))


async def test_a_body_of_exactly_the_limit_is_taken(door: Door) -> None:
    for content in (padded(LIMIT), in_pieces(padded(LIMIT))):
        answer = await door.http.post("/graphql", content=content, headers=JSON)

        assert answer.status_code == 200
        assert "errors" not in answer.json()


async def test_a_body_without_end_is_given_up_at_the_limit(door: Door) -> None:
    async with connected(door) as (reader, writer):
        writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n" + (b"400\r\n" + b" " * 1024 + b"\r\n") * 5)

        assert await status_of(reader) == b"413"


async def test_a_huge_announcement_is_refused_before_the_body_comes(door: Door) -> None:
    for announced in (b"1000000000", b"9" * 18):
        async with connected(door) as (reader, writer):
            writer.write(b"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: " + announced + b"\r\n\r\n{")

            assert await status_of(reader) == b"413"


@pytest.mark.parametrize("announced", ["-1", "1e3", "0x10", "9" * 30, "1, 2"])
async def test_an_announcement_that_is_no_number_breaks_nothing(door: Door, announced: str) -> None:
    async with connected(door) as (reader, writer):
        writer.write(f"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: {announced}\r\n\r\n{{}}".encode())

        assert await status_of(reader) in {b"400", b"413"}
    assert (await door.http.get("/health")).status_code == 200


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip", "nonsense"])
async def test_an_encoded_body_is_refused(door: Door, path: str, encoding: str) -> None:
    content = gzip.compress(json.dumps(QUERY).encode())

    answer = await door.http.post(path, content=content, headers={**JSON, "Content-Encoding": encoding})

    assert answer.status_code == 415
    assert "Encoded request bodies are not accepted." in answer.text


async def test_a_body_that_says_it_is_not_encoded_is_taken(door: Door) -> None:
    answer = await door.http.post("/graphql", json=QUERY, headers={"Content-Encoding": "Identity"})

    assert answer.status_code == 200


async def test_a_client_that_leaves_half_way_breaks_nothing(door: Door) -> None:
    async with connected(door) as (_, writer):
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        await writer.drain()

    assert (await door.ask("{ serviceInfo { version } }"))["serviceInfo"]["version"]


@asynccontextmanager
async def connected(door: Door) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the service, to say things that no client would."""
    reader, writer = await asyncio.open_connection(door.http.base_url.host, door.http.base_url.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def status_of(reader: asyncio.StreamReader) -> bytes:
    """The status of the answer, which does not keep anybody waiting."""
    return (await asyncio.wait_for(reader.readline(), 5)).split()[1]
