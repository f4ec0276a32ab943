"""A browser that reaches nothing but the service, and remembers what it asked for and complained about."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, async_playwright

# Without these it looks for updates and for a graphics card, and finds neither.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Browsing:
    """A page, the hosts it asked, and what its console said."""

    page: Page
    hosts: set[str | None] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browsing]:
    """A fresh browser, for as long as the block runs."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("there is no Chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=QUIET)
        page = await browser.new_page(viewport={"width": 1440, "height": 860})
        seen = Browsing(page)
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname))
        page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        yield seen
        await browser.close()
