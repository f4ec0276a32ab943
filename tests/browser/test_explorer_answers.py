"""Facts about what GraphiQL makes of refusals and failures: something a person can read, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, Request, Route

from tests.browser.explorer import exploring, opened
from tests.door import Door, SettableClock

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


async def test_where_the_schema_is_not_told_operations_run_all_the_same(door: Door) -> None:
    refusal = {"errors": [{"message": "Introspection is off."}]}
    async with exploring(door) as explorer:
        await answered(explorer.page, is_introspection, 400, "application/json", json.dumps(refusal))
        await opened(explorer, door)

        await explorer.advice.filter(has_text="the schema was not told. Introspection is off.").wait_for()
        answer = await explorer.run()

        assert answer["data"]["register"]["errors"] == []


async def test_a_subscription_shows_what_comes_and_can_be_refused(door: Door) -> None:
    change = {"data": {"userChanged": {"kind": "UPDATED"}}}
    async with exploring(door) as explorer:
        await explorer.open("WatchUsers")
        refused = await explorer.run()
        events = f"event: next\ndata: {json.dumps(change)}\n\nevent: complete\ndata:\n\n"
        await answered(explorer.page, asks_for_events, 200, "text/event-stream", events)

        assert refused["errors"][0]["message"]
        assert await explorer.run() == change


def is_introspection(request: Request) -> bool:
    """Is it GraphiQL that asks for the schema?"""
    return "__schema" in (request.post_data or "")


def asks_for_events(request: Request) -> bool:
    """Is it a subscription?"""
    return request.headers.get("accept") == "text/event-stream"


async def answered(page: Page, which: Callable[[Request], bool], status: int, kind: str, body: str) -> None:
    """Have somebody between the page and the service answer such questions instead of it."""

    async def answer(route: Route) -> None:
        if route.request.method == "POST" and which(route.request):
            await route.fulfill(status=status, content_type=kind, body=body)
        else:
            await route.continue_()

    await page.route("**/graphql", answer)
