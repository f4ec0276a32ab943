"""Facts about pages that cannot do what is asked of them: they say so, and tell nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL, SQLite
from tests.door import Door
from tests.pages.letterbox import Letterbox, Link
from tests.pages.using import FORM, LEADS, NEW_PASSWORD, Lead, assert_page, each_page, opened, pressed
from tests.serving import serving

MANY = b"token=abc" + b"".join(b"&field%d=" % number for number in range(10))

HOSTILE = {
    "none": "",
    "empty": "token=",
    "HTML": "token=" + quote('"><script>alert(1)</script>'),
    "NUL": "token=a%00b",
    "ten kilobytes": "token=" + "a" * 10_000,
    "a new line": "token=a%0D%0ASet-Cookie:%20a=b",
    "bytes that are no text": "token=%ff%fe",
    "half a surrogate": "token=%ED%A0%80",
    "a space": "token=abc+def",
    "letters of other alphabets": "token=" + quote("токен"),
    "two": "token=abc&token=def",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
async def test_a_link_without_a_token_that_can_be_one_asks_nobody_and_repeats_nothing(
    door: Door, statements: list[str], query: str
) -> None:
    for page in LEADS:
        shown = await door.http.get(f"/account/{page}?{query}")
        sent = await door.http.post(f"/account/{page}", content=query, headers=FORM)

        for answer in (shown, sent):
            assert_page(answer, 400)
            assert "alert(1)" not in answer.text
            assert "a" * 100 not in answer.text
            assert "set-cookie" not in answer.headers
    assert statements == []


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (404, {"method": "GET", "url": "/account"}),
        (404, {"method": "GET", "url": "/account/"}),
        (404, {"method": "GET", "url": "/account/nowhere"}),
        (404, {"method": "POST", "url": "/account/verify-email/deeper", "data": {"token": "abc"}}),
        (405, {"method": "PUT", "url": "/account/verify-email"}),
        (405, {"method": "DELETE", "url": "/account/reset-password"}),
        (415, {"method": "POST", "url": "/account/verify-email", "json": {"token": "abc"}}),
        (415, {"method": "POST", "url": "/account/verify-email", "files": {"token": b"abc"}}),
        (415, {"method": "POST", "url": "/account/verify-email"}),
        (415, {"method": "POST", "url": "/account/verify-email", "headers": {**FORM, "Content-Encoding": "gzip"}}),
        (413, {"method": "POST", "url": "/account/reset-password", "content": b"x" * 70_000, "headers": FORM}),
        (
            400,
            {
                "method": "POST",
                "url": "/account/reset-password",
                "content": b"token=abc&new_password=%ff",
                "headers": FORM,
            },
        ),
        (
            400,
            {
                "method": "POST",
                "url": "/account/reset-password",
                "content": b"token=abc&new_password=\xff",
                "headers": FORM,
            },
        ),
        (400, {"method": "POST", "url": "/account/reset-password", "content": MANY, "headers": FORM}),
        (400, {"method": "POST", "url": "/account/reset-password", "content": b"token=abc&token=def", "headers": FORM}),
    ],
)
async def test_what_is_no_use_of_a_page_is_refused_on_a_page(door: Door, status: int, asked: dict[str, Any]) -> None:
    answer = await door.http.request(**asked)

    assert_page(answer, status)
    assert answer.headers.get("Allow") == ("GET, HEAD, POST" if status == 405 else None)


async def test_a_form_without_end_is_refused_on_a_page(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"x" * 1_000

    assert_page(await door.http.post("/account/verify-email", content=pieces(), headers=FORM), 413)


@each_page
async def test_while_the_database_is_away_the_form_waits(
    door: Door, letterbox: Letterbox, make_settings: MakeSettings, lead: Lead
) -> None:
    link = await lead(door, letterbox)
    elsewhere = make_settings(database_url="postgresql://somebody@127.0.0.1:1/users")  # where nobody listens

    async with serving(create_app(elsewhere)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        shown = await opened(Door(http), link)
        sent = await pressed(Door(http), link)

    assert_page(shown, 200)
    assert_page(sent, 503)
    assert sent.headers["Retry-After"] == "1"
    assert f'name="token" value="{link.token}"' in sent.text
    assert NEW_PASSWORD not in sent.text
    assert "<button" in sent.text


async def test_a_surprise_is_a_page_that_tells_nothing_but_the_id_of_the_request(
    databases: SQLite | PostgreSQL, make_settings: MakeSettings
) -> None:
    empty = await databases.empty()  # without any table

    async with (
        serving(create_app(make_settings(database_url=empty))) as url,
        httpx.AsyncClient(base_url=url, timeout=30) as http,
    ):
        link = Link("", "verify-email", "abc")
        answer = await pressed(Door(http), link, **{"X-Request-ID": "request-0451"})

    assert_page(answer, 500)
    assert ">request-0451<" in answer.text
    assert "one_time_tokens" not in answer.text
    await databases.drop(empty)
