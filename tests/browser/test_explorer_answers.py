"""Facts about what GraphiQL makes of refusals and failures: something a person can read, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Request, Route

from gql_users import create_app
from tests.browser.explorer import exploring
from tests.conftest import MakeSettings
from tests.door import Door, SettableClock
from tests.serving import serving

# What has nothing to do with the data is seen once.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


async def test_who_is_not_signed_in_is_told_how_to(door: Door) -> None:
    async with exploring(door) as explorer:
        await explorer.open("PageThroughUsers")

        answer = await explorer.run()

        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        await explorer.advice.filter(has_text="Run SignIn, and press Use this token.").wait_for()


async def test_who_is_no_admin_and_whose_token_expired_is_told_so(door: Door, clock: SettableClock) -> None:
    async with exploring(door) as explorer:
        await explorer.run()
        await explorer.use_token()
        await explorer.open("PageThroughUsers")

        await explorer.run()
        await explorer.advice.filter(has_text="Only admins may do this.").wait_for()
        clock.advance(timedelta(hours=1))
        await explorer.run()
        await explorer.advice.filter(has_text="has expired. Run SignIn or Refresh").wait_for()

        assert explorer.seen.complaints == []


async def test_who_guesses_too_often_is_told_to_wait(door: Door) -> None:
    wrong = {"email": "ada@example.com", "password": "not the one"}
    while await door.codes("login", wrong) != [("RATE_LIMITED", None)]:
        pass
    async with exploring(door) as explorer:
        await explorer.open("SignIn")

        await explorer.run({"input": wrong})

        await explorer.advice.filter(has_text="Too many attempts. Try again later.").wait_for()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, {"code": "UNAVAILABLE", "retryAfterSeconds": 2}, "Try again in 2 seconds."),
        (500, {"code": "INTERNAL_SERVER_ERROR", "requestId": "abc123"}, "under the request's id abc123."),
    ],
)
async def test_a_failure_of_the_service_is_explained(door: Door, status: int, body: dict[str, Any], told: str) -> None:
    failure = {"errors": [{"message": "Something went wrong.", "extensions": body}]}
    async with exploring(door) as explorer:
        await answered(explorer.page, lambda _: True, status, "application/json", json.dumps(failure))

        assert await explorer.run() == failure

        await explorer.advice.filter(has_text=told).wait_for()


async def test_what_no_service_of_ours_answered_can_be_read(door: Door) -> None:
    async with exploring(door) as explorer:
        await answered(explorer.page, lambda _: True, 429, "text/html", "<h1>Slow down</h1>")
        from_a_proxy = await explorer.run()
        await explorer.page.unroute_all()
        await explorer.page.context.set_offline(True)
        from_nobody = await explorer.run()

        assert from_a_proxy["errors"][0]["message"] == "The answer was no JSON, but 429 Too Many Requests."
        assert from_nobody["errors"][0]["message"].startswith("Nothing came back from the service: ")


async def test_where_the_schema_is_not_told_operations_run_all_the_same(make_settings: MakeSettings) -> None:
    app = create_app(make_settings(explorer=True, introspection=False))
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, timeout=30) as http,
        exploring(Door(http)) as explorer,
    ):
        await explorer.advice.filter(has_text="the schema was not told. Introspection is switched off.").wait_for()

        answer = await explorer.run()

    assert answer["data"]["register"]["errors"] == []


async def test_a_subscription_that_may_not_be_is_refused(door: Door) -> None:
    async with exploring(door) as explorer:
        await explorer.open("WatchUsers")

        refused = await explorer.run()

        assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def answered(page: Page, which: Callable[[Request], bool], status: int, kind: str, body: str) -> None:
    """Have somebody between the page and the service answer such questions instead of it."""

    async def answer(route: Route) -> None:
        if route.request.method == "POST" and which(route.request):
            await route.fulfill(status=status, content_type=kind, body=body)
        else:
            await route.continue_()

    await page.route("**/graphql", answer)
