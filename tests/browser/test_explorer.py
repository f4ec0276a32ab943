"""Facts about GraphiQL, seen in a browser without network."""

from __future__ import annotations

import asyncio

import pytest

from gql_users.services import Services
from tests.browser.explorer import exploring, opened
from tests.door import PASSWORD, Door, Person
from tests.following import until_followed

pytestmark = pytest.mark.browser

# What has nothing to do with the data is seen once.
ONCE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def test_a_newcomer_walks_through_the_examples(door: Door) -> None:
    async with exploring(door) as explorer:
        registered = await explorer.run()
        await explorer.open("SignIn")
        await explorer.run()
        await explorer.use_token()
        await explorer.open("WhoAmI")
        me = (await explorer.run())["data"]["me"]
        await explorer.open("ChangeProfile")
        change = {"input": {"id": me["id"], "name": "Ada King", "expectedVersion": me["version"]}}
        changed = await explorer.run(change)
        outdated = await explorer.run(change)
        await explorer.advice.filter(has_text="Somebody changed it in the meantime").wait_for()
        await explorer.open("ServiceInfo")
        info = await explorer.run()

        assert registered["data"]["register"]["errors"] == []
        assert me["email"] == "ada@example.com"
        assert changed["data"]["patchUser"]["user"]["name"] == "Ada King"
        assert [error["code"] for error in outdated["data"]["patchUser"]["errors"]] == ["VERSION_MISMATCH"]
        assert info["data"]["serviceInfo"]["limits"]["maxPageSize"] > 0
        assert explorer.seen.complaints == []


async def test_an_admin_pages_through_the_users(door: Door, an_admin: Person, a_member: Person) -> None:
    async with exploring(door) as explorer:
        await explorer.open("SignIn")
        await explorer.run({"input": {"email": an_admin.email, "password": PASSWORD}})
        await explorer.use_token()
        await explorer.open("PageThroughUsers")
        first = (await explorer.run({"first": 1}))["data"]["users"]
        second = (await explorer.run({"first": 1, "after": first["pageInfo"]["endCursor"]}))["data"]["users"]

        assert {page["nodes"][0]["email"] for page in (first, second)} == {an_admin.email, a_member.email}
        assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_an_admin_watches_what_becomes_of_accounts(
    door: Door, an_admin: Person, a_member: Person, services: Services
) -> None:
    async with exploring(door) as explorer:
        await explorer.open("SignIn")
        await explorer.run({"input": {"email": an_admin.email, "password": PASSWORD}})
        await explorer.use_token()
        await explorer.open("WatchUsers")

        watching = asyncio.create_task(explorer.run())
        await until_followed(services, 1)
        await door.as_(a_member).done("patchUser", {"id": a_member.id, "name": "Mia King"})
        change = (await watching)["data"]["userChanged"]

        assert (change["kind"], change["user"]["name"]) == ("UPDATED", "Mia King")
        assert explorer.seen.complaints == []
    await until_followed(services, 0)


@ONCE
async def test_a_token_that_is_used_is_in_every_tab_and_nowhere_else(door: Door) -> None:
    async with exploring(door) as explorer:
        token = (await explorer.run())["data"]["register"]["tokens"]["accessToken"]
        unasked = await explorer.headers()
        await explorer.use_token()
        here = await explorer.headers()
        await explorer.open("WhoAmI")
        there = await explorer.headers()
        await explorer.page.get_by_role("button", name="New tab").click()
        anew = await explorer.headers()
        # What GraphiQL keeps, it keeps half a second later.
        await explorer.page.wait_for_timeout(1_000)
        kept = await explorer.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        await opened(explorer, door)
        afresh = await explorer.headers()

        assert [token in headers for headers in (unasked, here, there, anew, afresh)] == [
            False,
            True,
            True,
            True,
            False,
        ]
        assert "eyJ" not in kept
        assert "password" not in kept


@ONCE
async def test_the_schema_is_shown_beside_the_query(door: Door) -> None:
    async with exploring(door) as explorer:
        await explorer.page.get_by_role("button", name="Show Documentation Explorer").click()

        await explorer.page.click(".graphiql-plugin a:has-text('Query')")
        await explorer.page.get_by_text("Everybody, page by page").first.wait_for()
        assert explorer.seen.complaints == []


@ONCE
async def test_it_is_dark_or_light_as_the_system_is_unless_told_otherwise(door: Door) -> None:
    ground = "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor"
    async with exploring(door) as explorer:
        await explorer.page.emulate_media(color_scheme="dark")
        dark = await explorer.page.evaluate(ground)
        await explorer.page.emulate_media(color_scheme="light")
        light = await explorer.page.evaluate(ground)
        await explorer.page.get_by_role("button", name="Open settings dialog").click()
        await explorer.page.get_by_role("button", name="Dark").click()
        await opened(explorer, door)
        chosen = await explorer.page.evaluate(ground)

        assert light == "rgb(255, 255, 255)"
        assert dark == chosen != light
        assert explorer.seen.complaints == []


@ONCE
async def test_it_fits_a_telephone(door: Door) -> None:
    async with exploring(door) as explorer:
        await explorer.page.set_viewport_size({"width": 360, "height": 640})

        await explorer.run()

        await explorer.page.get_by_role("button", name="Use this token").scroll_into_view_if_needed()
        assert await explorer.page.evaluate("document.documentElement.scrollWidth") <= 360
        for part in (".graphiql-query-editor", ".graphiql-response"):
            box = await explorer.page.locator(part).bounding_box()
            assert box is not None
            assert box["width"] > 300
        below = "document.querySelector('#graphiql-session').getBoundingClientRect().bottom"
        end = "document.querySelector('.graphiql-footer').getBoundingClientRect().bottom"
        assert abs(await explorer.page.evaluate(f"{below} - {end}")) < 20


@ONCE
async def test_a_screen_reader_can_name_every_part(door: Door) -> None:
    async with exploring(door) as explorer:
        page = explorer.page

        assert await page.title() == "gql_users · GraphiQL"
        assert await page.get_attribute("html", "lang") == "en"
        assert await page.get_by_role("main").get_by_role("heading", name="gql_users").count() == 1
        unnamed = (
            "[...document.querySelectorAll('button, a')].filter(each => !each.ariaLabel && !each.innerText.trim())"
        )
        assert await page.evaluate(f"{unnamed}.map(each => each.outerHTML)") == []
        assert await page.get_by_role("region", name="Operation Editor").count() == 1


@ONCE
async def test_the_licences_of_what_it_is_made_of_are_a_link_away(door: Door) -> None:
    async with exploring(door) as explorer:
        address = await explorer.page.get_by_role("link", name="Licences").get_attribute("href")

        assert address is not None
        licences = await door.http.get(address)
        assert licences.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "monaco-editor" in licences.text
