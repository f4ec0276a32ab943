"""Facts about GraphiQL, seen in a browser without network."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.chromium import browsing
from tests.door import Door

pytestmark = pytest.mark.browser

READ = "name => globalThis.__MONACO.editor.getModels().find(model => model.uri.path.endsWith(name)).getValue()"


async def test_the_first_example_runs_with_one_click(door: Door) -> None:
    async with browsing() as seen:
        await opened(seen.page, door)

        answer = await executed(seen.page)

        assert answer["data"]["register"]["user"]["email"] == "ada@example.com"
        assert answer["data"]["register"]["errors"] == []
        assert seen.hosts == {"127.0.0.1"}
        assert seen.complaints == []


async def test_the_schema_is_shown_beside_the_query(door: Door) -> None:
    async with browsing() as seen:
        await opened(seen.page, door)

        await seen.page.click("button[aria-label='Show Documentation Explorer']")

        await seen.page.click(".graphiql-plugin a:has-text('Query')")
        await seen.page.get_by_text("Everybody, page by page").first.wait_for()
        assert seen.complaints == []


async def test_no_token_rests_in_the_browser(door: Door) -> None:
    async with browsing() as seen:
        await opened(seen.page, door)

        await executed(seen.page)

        stored = await seen.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert "eyJ" not in stored
        assert "password" not in stored


async def opened(page: Page, door: Door) -> None:
    """The explorer, ready to be used."""
    await page.goto(f"{door.http.base_url}/graphql".replace("//graphql", "/graphql"))
    await page.wait_for_selector(".graphiql-query-editor .view-line")


async def executed(page: Page) -> Any:
    """What the open tab answers to a click on Execute."""
    async with page.expect_response(lambda answer: "Register" in (answer.request.post_data or "")):
        await page.click(".graphiql-execute-button")
    await page.wait_for_function(f"({READ})('response.json').includes('data')")
    return json.loads(await page.evaluate(READ, "response.json"))
