"""Facts about what pages look like: to anybody, in any language, under any name, wherever they are mounted."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI

from gql_users import create_app
from gql_users.settings import MisconfiguredError
from tests.conftest import MakeSettings
from tests.door import Door
from tests.pages.letterbox import Letterbox
from tests.pages.using import FORM, LEADS, Lead, assert_page, each_page, is_verified, opened, pressed, to_verify
from tests.serving import serving


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
