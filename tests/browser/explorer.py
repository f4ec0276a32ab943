"""GraphiQL as somebody uses it: tabs, variables, the button with the arrow, and what is read then."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page

from tests.browser.chromium import Browsing, browsing
from tests.door import Door

MODEL = "globalThis.__MONACO.editor.getModels().find(model => model.uri.path.endsWith('{name}'))"
VARIABLES = MODEL.format(name="variables.json")
HEADERS = MODEL.format(name="request-headers.json")

# Playwright's own way to wait takes an eval, which the page's policy forbids.
ANSWERED = f"""
    new Promise(tell => {{
        const model = {MODEL.format(name="response.json")};
        const look = () => model.getValue() && tell(model.getValue());
        model.onDidChangeContent(look);
        look();
    }})
"""


@dataclass(frozen=True)
class Explorer:
    """The page, and what the browser noticed of it."""

    page: Page
    seen: Browsing

    @property
    def advice(self) -> Locator:
        """The line below the answer."""
        return self.page.get_by_role("status")

    async def open(self, name: str) -> None:
        """Go to a tab."""
        await self.page.get_by_role("tab", name=name).click()

    async def run(self, variables: dict[str, Any] | None = None) -> Any:
        """Press the button in the open tab, with other variables if any are given: what is answered."""
        if variables is not None:
            await self.page.evaluate(f"text => {VARIABLES}.setValue(text)", json.dumps(variables))
        await self.page.get_by_role("button", name="Execute query").click()
        return json.loads(await self.page.evaluate(ANSWERED))

    async def use_token(self) -> None:
        """Press what is offered beside new tokens."""
        await self.page.get_by_role("button", name="Use this token").click()

    async def headers(self) -> str:
        """What stands in the Headers of the open tab."""
        text: str = await self.page.evaluate(f"{HEADERS}.getValue()")
        return text


@asynccontextmanager
async def exploring(door: Door) -> AsyncIterator[Explorer]:
    """The explorer in a fresh browser, ready to be used; when the block ends, it has asked nobody but the service."""
    async with browsing() as seen:
        explorer = Explorer(seen.page, seen)
        await opened(explorer, door)
        yield explorer
        assert seen.hosts == {"127.0.0.1"}


async def opened(explorer: Explorer, door: Door) -> None:
    """Go to the address, and wait for the editors."""
    await explorer.page.goto(str(door.http.base_url).rstrip("/") + "/graphql")
    await explorer.page.wait_for_selector(".graphiql-query-editor .view-line")
    for editor in (".graphiql-editor-tool", ".result-window"):
        await explorer.page.wait_for_selector(f"{editor} .view-line", state="attached")
