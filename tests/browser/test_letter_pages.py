"""Facts about the pages that letters link to, seen in a browser, with and without script."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from gql_users.mail.senders import MemorySender
from gql_users.services import Services
from tests.browser.chromium import browsing
from tests.door import PASSWORD, Door
from tests.pages.letterbox import Letterbox, Link

pytestmark = pytest.mark.browser

NEW_PASSWORD = "another horse battery"


@pytest.fixture
def letterbox(services: Services, sender: MemorySender) -> Letterbox:
    return Letterbox(services, sender)


async def test_who_registers_presses_the_button_behind_the_letter_and_is_verified(
    door: Door, letterbox: Letterbox
) -> None:
    person = await door.register("ann@example.com")
    link = await letterbox.link("verify-email")
    async with browsing() as seen:
        referrers: list[str] = []
        seen.page.on("request", lambda request: referrers.extend(request.headers.get("referer", "").split()))
        await opened(seen.page, door, link)
        assert (await door.as_(person).ask("{ me { emailVerifiedAt } }"))["me"]["emailVerifiedAt"] is None

        await seen.page.keyboard.press("Tab")
        await seen.page.keyboard.press("Enter")

        await seen.page.get_by_role("heading", name="Your e-mail address is confirmed.").wait_for()
        assert link.token not in seen.page.url
        assert seen.hosts == {"127.0.0.1"}
        assert seen.complaints == []
        assert referrers == []
    assert (await door.as_(person).ask("{ me { emailVerifiedAt } }"))["me"]["emailVerifiedAt"] is not None


async def test_who_forgot_their_password_chooses_another_without_script_and_every_session_is_over(
    door: Door, letterbox: Letterbox
) -> None:
    person = await door.register("ann@example.com")
    await door.done("requestPasswordReset", {"email": "ann@example.com"})
    link = await letterbox.link("reset-password")
    async with browsing() as seen:
        assert seen.page.context.browser is not None
        context = await seen.page.context.browser.new_context(java_script_enabled=False, locale="de-DE")
        page = await context.new_page()
        await opened(page, door, link)

        await choose(page, "password")
        await page.get_by_role("alert").filter(has_text="zu leicht zu erraten").wait_for()
        await choose(page, NEW_PASSWORD)

        await page.get_by_role("heading", name="Ihr Passwort wurde geändert.").wait_for()
        assert await page.locator("form").count() == 0
    refused = await door.as_(person).refused("{ me { id } }")
    assert refused["extensions"]["reason"] == "TOKEN_INVALID"
    assert await door.codes("login", {"email": "ann@example.com", "password": PASSWORD}) == [
        ("INVALID_CREDENTIALS", None)
    ]
    assert await door.codes("login", {"email": "ann@example.com", "password": NEW_PASSWORD}) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_page_looks_as_meant_in_light_and_dark_and_fits_a_small_screen(door: Door, scheme: str) -> None:
    async with browsing() as seen:
        await seen.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await seen.page.set_viewport_size({"width": 320, "height": 568})

        await opened(seen.page, door, Link("", "reset-password", "abc"))

        ground = "getComputedStyle(document.body).backgroundColor"
        assert await seen.page.evaluate(ground) == {"light": "rgb(241, 243, 245)", "dark": "rgb(18, 20, 23)"}[scheme]
        assert await seen.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert seen.complaints == []


async def opened(page: Page, door: Door, link: Link) -> None:
    """The page behind the link."""
    await page.goto(str(door.http.base_url).rstrip("/") + f"{link.path}?token={link.token}")


async def choose(page: Page, password: str) -> None:
    """Type a password, and press the button."""
    await page.get_by_label("Neues Passwort").fill(password)
    await page.get_by_role("button").click()
