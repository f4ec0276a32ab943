"""How people use the pages that letters link to, and what each page is like."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from tests.door import PASSWORD, Door
from tests.pages.letterbox import Letterbox, Link

ADDRESS, NEW_ADDRESS = "ann@example.com", "ann@new.example"
NEW_PASSWORD = "another horse battery"
NEW = {"new_password": NEW_PASSWORD}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN = re.compile(r"https?:|//|<script|<link|<img|src=|href=|url\(|@import", re.IGNORECASE)


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
