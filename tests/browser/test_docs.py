"""Facts about the REST documentation, seen in a browser without network."""

from __future__ import annotations

import pytest

from tests.browser.chromium import browsing
from tests.door import Door

pytestmark = pytest.mark.browser


async def test_the_documentation_answers_without_any_other_host(door: Door) -> None:
    async with browsing() as seen:
        await seen.page.goto(str(door.http.base_url).rstrip("/") + "/docs")
        await seen.page.click("#operations-health-health_health_get")

        await seen.page.click("button.execute")

        await seen.page.wait_for_selector(".live-responses-table")
        answer = await seen.page.inner_text(".live-responses-table")
        assert '"status": "ok"' in answer
        assert seen.hosts == {"127.0.0.1"}
        assert seen.complaints == []
