"""Facts about the pages that letters link to: opening one changes nothing, its button does the deed, once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import httpx
import pytest
from fastapi import FastAPI

from gql_users import create_app
from gql_users.mail.senders import MemorySender
from gql_users.services import Services
from gql_users.settings import MisconfiguredError
from tests.conftest import MakeSettings
from tests.databases import PostgreSQL, SQLite
from tests.door import PASSWORD, Door, SettableClock
from tests.pages.letterbox import Letterbox, Link
from tests.serving import serving

ADDRESS, NEW_ADDRESS = "ann@example.com", "ann@new.example"
NEW_PASSWORD = "another horse battery"
NEW = {"new_password": NEW_PASSWORD}
MANY = b"token=abc" + b"".join(b"&field%d=" % number for number in range(10))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN = re.compile(r"https?:|//|<script|<link|<img|src=|href=|url\(|@import", re.IGNORECASE)

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


async def to_verify(door: Door, letterbox: Letterbox) -> Link:
    await door.register(ADDRESS)
    return await letterbox.link("verify-email")


async def to_reset(door: Door, letterbox: Letterbox) -> Link:
    await door.register(ADDRESS)
    await door.done("requestPasswordReset", {"email": ADDRESS})
    return await letterbox.link("reset-password")


async def to_change(door: Door, letterbox: Letterbox) -> Link:
    person = await door.register(ADDRESS)
    asked = {"newEmail": NEW_ADDRESS, "currentPassword": PASSWORD}
    await door.as_(person).done("requestEmailChange", asked)
    return await letterbox.link("change-email")


async def is_verified(door: Door) -> bool:
    return bool((await signed_in(door, ADDRESS, PASSWORD))["emailVerifiedAt"])


async def is_reset(door: Door) -> bool:
    return await signed_in(door, ADDRESS, NEW_PASSWORD) is not None


async def is_changed(door: Door) -> bool:
    return await signed_in(door, NEW_ADDRESS, PASSWORD) is not None


async def signed_in(door: Door, email: str, password: str) -> Any:
    """Who signs in with this, if anybody does."""
    login = await door.do("login", {"email": email, "password": password}, "user { email emailVerifiedAt }")
    return login["user"]


Lead = Callable[[Door, Letterbox], Awaitable[Link]]
Look = Callable[[Door], Awaitable[bool]]

LEADS: Mapping[str, Lead] = {"verify-email": to_verify, "reset-password": to_reset, "change-email": to_change}
each_page = pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
each_deed = pytest.mark.parametrize(
    ("lead", "is_done"), [(to_verify, is_verified), (to_reset, is_reset), (to_change, is_changed)], ids=LEADS
)


@pytest.fixture
def letterbox(services: Services, sender: MemorySender) -> Letterbox:
    return Letterbox(services, sender)


async def opened(door: Door, link: Link, **headers: str) -> httpx.Response:
    """What a browser shows that follows the link."""
    return await door.http.get(link.path, params={"token": link.token}, headers=headers)


async def pressed(door: Door, link: Link, **headers: str) -> httpx.Response:
    """What it shows when the page's button was pressed."""
    return await door.http.post(link.path, data={"token": link.token, **NEW}, headers=headers)


def assert_page(answer: httpx.Response, status: int) -> None:
    """It is a whole page, nothing on it comes from elsewhere, and nothing of it goes elsewhere or stays."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    (nonce,) = re.findall(r'<style nonce="([\w-]{20,})">', answer.text)
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert re.search(r'<html lang="[a-z]{2}">.*<title>[^<]{5,}</title>.*<h1[^>]*>[^<]{5,}</h1>', answer.text, re.DOTALL)
    assert FOREIGN.findall(answer.text) == []
    assert "style=" not in answer.text


@each_deed
async def test_a_link_that_is_opened_twenty_times_changes_nothing_and_asks_no_database(
    door: Door, letterbox: Letterbox, statements: list[str], lead: Lead, is_done: Look
) -> None:
    link = await lead(door, letterbox)
    statements.clear()

    for _ in range(10):
        assert_page(await opened(door, link), 200)
        assert (await door.http.head(link.path, params={"token": link.token})).status_code == 200

    assert statements == []
    assert not await is_done(door)
    assert_page(await pressed(door, link), 200)


@each_deed
async def test_the_button_does_the_deed_and_the_second_time_says_that_it_was_done(
    door: Door, letterbox: Letterbox, lead: Lead, is_done: Look
) -> None:
    link = await lead(door, letterbox)

    once = await pressed(door, link)
    twice = await pressed(door, link)

    assert_page(once, 200)
    assert "<form" not in once.text
    assert link.token not in once.text
    assert await is_done(door)
    assert_page(twice, 410)
    assert "This link has expired, or it was used already." in twice.text


@each_page
async def test_of_sixteen_who_press_at_once_one_does_it(door: Door, letterbox: Letterbox, lead: Lead) -> None:
    link = await lead(door, letterbox)

    answers = await asyncio.gather(*(pressed(door, link) for _ in range(16)))

    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 15


@each_page
async def test_a_page_can_be_used_without_eyes_and_without_script(door: Door, letterbox: Letterbox, lead: Lead) -> None:
    link = await lead(door, letterbox)

    page = (await opened(door, link)).text

    assert page.count("<h1") == 1
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "maximum-scale" not in page
    assert f'<form method="post" action="{link.page}"' in page
    assert f'<input type="hidden" name="token" value="{link.token}">' in page
    assert '<button type="submit">' in page
    if link.page == "reset-password":
        assert '<label for="new_password">New password</label>' in page
        field = next(line for line in page.splitlines() if 'id="new_password"' in line)
        for attribute in ('type="password"', 'autocomplete="new-password"', 'minlength="8"', "required"):
            assert attribute in field
        assert 'aria-describedby="hint"' in field
        assert 'id="hint">At least 8 characters.<' in page


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "too easy to guess"),
        ("", "too easy to guess"),
        ("password", "too easy to guess"),
        ("ann@example.com", "too easy to guess"),
        ("x1" * 513, "too long"),
    ],
    ids=["short", "none", "common", "their address", "long"],
)
async def test_a_password_that_is_refused_leaves_the_letter_good(
    door: Door, letterbox: Letterbox, password: str, told: str
) -> None:
    link = await to_reset(door, letterbox)

    refused = await door.http.post(link.path, data={"token": link.token, "new_password": password})

    assert_page(refused, 422)
    assert re.search(rf'id="hint" role="alert">[^<]*{told}', refused.text)
    assert 'aria-invalid="true"' in refused.text
    assert link.token in refused.text
    assert not password or password == "password" or password not in refused.text
    assert (await pressed(door, link)).status_code == 200
    assert await is_reset(door)


@each_deed
async def test_a_letter_is_too_old_one_day(
    door: Door, letterbox: Letterbox, clock: SettableClock, lead: Lead, is_done: Look
) -> None:
    link = await lead(door, letterbox)

    clock.advance(timedelta(hours=24, seconds=1))

    assert_page(await opened(door, link), 200)
    assert_page(await pressed(door, link), 410)
    assert not await is_done(door)


async def test_a_token_opens_only_the_page_it_was_made_for(door: Door, letterbox: Letterbox) -> None:
    link = await to_reset(door, letterbox)

    for page in LEADS.keys() - {link.page}:
        assert_page(await pressed(door, Link(link.url, page, link.token)), 410)

    assert not await is_verified(door)
    assert (await pressed(door, link)).status_code == 200


async def test_a_token_nobody_made_says_no_more_than_one_that_was_used(door: Door, letterbox: Letterbox) -> None:
    link = await to_verify(door, letterbox)
    await pressed(door, link)

    used = await pressed(door, link)
    unknown = await pressed(door, Link(link.url, link.page, "A" * 43))

    without_nonce = [re.sub(r'nonce="[^"]+"', "", answer.text) for answer in (used, unknown)]
    assert (unknown.status_code, without_nonce[0]) == (410, without_nonce[1])


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


async def test_an_address_that_became_somebody_elses_is_not_taken_from_them(door: Door, letterbox: Letterbox) -> None:
    link = await to_change(door, letterbox)
    await door.register(NEW_ADDRESS, name="Somebody Else")

    answer = await pressed(door, link)

    assert_page(answer, 409)
    assert "belongs to another account now" in answer.text
    assert (await signed_in(door, ADDRESS, PASSWORD))["email"] == ADDRESS


@pytest.mark.parametrize(
    ("wanted", "language", "heading"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Neues Passwort wählen"),
        ("fr", "fr", "Choisir un nouveau mot de passe"),
        ("es-MX", "es", "Elegir una contraseña nueva"),
        ("xx, *;q=0.1", "en", "Choose a new password"),
        ("'; DROP TABLE users; --", "en", "Choose a new password"),
    ],
)
async def test_a_page_speaks_the_browsers_language(door: Door, wanted: str, language: str, heading: str) -> None:
    for method, path, status in (("GET", "reset-password?token=abc", 200), ("POST", "reset-password", 410)):
        content = b"token=abc&new_password=a+good+long+one" if method == "POST" else None
        headers = {**FORM, "Accept-Language": wanted}
        answer = await door.http.request(method, f"/account/{path}", content=content, headers=headers)

        assert_page(answer, status)
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["Content-Language"] == language
        assert answer.headers["Vary"] == "Accept-Language"
        assert status != 200 or f">{heading}<" in answer.text


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
async def test_the_host_that_somebody_names_appears_nowhere(door: Door, letterbox: Letterbox, lead: Lead) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    door.http.headers.update(evil)

    link = await lead(door, letterbox)
    answers = [await opened(door, link), await pressed(door, link), await pressed(door, link)]
    answers.append(await door.http.get("/account/nowhere"))

    assert link.url.startswith("http://localhost:8000/account/")
    assert all("evil" not in letter.as_string() for letter in letterbox.sender.sent)
    assert all("evil" not in answer.text + str(answer.headers) for answer in answers)


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


async def test_a_page_works_inside_another_application(app: FastAPI, letterbox: Letterbox) -> None:
    host = FastAPI()
    host.mount("/identity", app)
    async with serving(host) as url, httpx.AsyncClient(base_url=f"{url}/identity", timeout=30) as http:
        link = await to_verify(Door(http), letterbox)

        page = await opened(Door(http), link)
        (action,) = re.findall(r'action="([^"]+)"', page.text)
        target = urljoin(str(page.url), action)
        pressed = await http.post(target, data={"token": link.token})
        nowhere = await http.get("/account/nowhere")
        large = await http.post("/account/verify-email", content=b"x" * 70_000, headers=FORM)

        assert_page(page, 200)
        assert target == f"{url}/identity/account/verify-email"
        assert_page(pressed, 200)
        assert_page(nowhere, 404)
        assert_page(large, 413)
        assert await is_verified(Door(http))
    await app.state.services.operation.close()


@pytest.mark.parametrize(("colour", "on_colour"), [("#ffe066", "#000000"), ("#14171a", "#ffffff")])
async def test_a_page_has_the_products_name_and_colour(
    make_settings: MakeSettings, colour: str, on_colour: str
) -> None:
    settings = make_settings(product_name="<b>Ann & Co</b>", product_colour=colour, password_min_length=15)

    async with serving(create_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        page = await http.get("/account/reset-password?token=abc")

    assert_page(page, 200)
    assert "<header>&lt;b&gt;Ann &amp; Co&lt;/b&gt;</header>" in page.text
    assert f"--colour: {colour}; --on-colour: {on_colour};" in page.text
    assert "At least 15 characters." in page.text
    assert 'minlength="15"' in page.text


async def test_an_installation_has_pages_and_words_of_its_own(make_settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>Ours</title>{{ page.heading }}")
    (tmp_path / "en.toml").write_text('[pages.verify_email]\ntitle = "Is it {{ product }} you mean?"\n')
    settings = make_settings(templates_dir=tmp_path, product_name="A&B")

    async with serving(create_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        page = await http.get("/account/verify-email?token=abc")

    assert page.text == "<title>Ours</title>Is it A&amp;B you mean?"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", "{% if %}"),
        ("page.html", "{{ nothing_of_this_name }}"),
        ("page.html", "{{ page.form.password.nothing }}"),
        ("de.toml", '[pages]\nask_again = "{{ nothing_of_this_name }}"'),
    ],
)
def test_a_mistake_in_an_installations_files_is_heard_of_at_the_start(
    make_settings: MakeSettings, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(MisconfiguredError, match=r"page"):
        create_app(make_settings(templates_dir=tmp_path))
