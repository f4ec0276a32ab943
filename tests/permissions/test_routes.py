"""Facts about who passes which route: every contract behind every door, asked by each of the five callers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gql_users import Settings, create_app
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.permissions.callers import Cast
from tests.permissions.cells import Caller, Rows
from tests.permissions.routes import ACCESSES, EVERYWHERE, USERS, WITH_PASSWORD, body, users_rows
from tests.serving import serving

BROWSER = {"Accept": "text/html"}

# Here callers act on their own account, so that each needs another one.
ON_ONESELF = "/users/me"


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("contract", USERS)
async def test_the_users_routes_let_in_whom_their_rows_say(
    make_settings: MakeSettings, clock: SettableClock, contract: str, access: str
) -> None:
    settings = make_settings(rest_contract=contract, rest_access=access)

    assert await wrong_cells(settings, clock, contract, users_rows(contract, access)) == []


async def test_all_other_routes_let_in_whom_their_rows_say(settings: Settings, clock: SettableClock) -> None:
    assert await wrong_cells(settings, clock, "crud", EVERYWHERE) == []


async def test_the_explorer_is_shown_to_everybody(door: Door, cast: Cast) -> None:
    for caller in Caller:
        token = await cast.token(caller, await cast.somebody())
        answer = await door.http.get("/graphql", headers=BROWSER | bearing(token))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def wrong_cells(settings: Settings, clock: SettableClock, contract: str, rows: Rows) -> list[str]:
    """Each cell that says something else than what comes."""
    app = create_app(settings, clock=clock)
    cast = Cast(app.state.services)
    wrong = []
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        await cast.new_token(Caller.ADMIN)  # so that nobody is the last one
        for route, cells in rows.items():
            for caller in Caller:
                subject = await cast.somebody(has_password=route in WITH_PASSWORD)
                token = await cast.token(caller, subject)
                if ON_ONESELF in route and caller not in {Caller.ANONYMOUS, Caller.SELF}:
                    token = await cast.new_token(caller, has_password=route in WITH_PASSWORD)
                sent = body(contract, route, subject, cast.new_email())
                came = await status(http, route, token, subject, sent)
                if came != cells.of(caller):
                    wrong.append(f"{route} for {caller.name}: {came} instead of {cells.of(caller)}")
    return wrong


async def status(http: httpx.AsyncClient, route: str, token: str | None, subject: Person, sent: Any) -> int:
    """What a request about the subject is answered with."""
    method, path = route.split()
    if method == "ANY":
        method, path = ("POST", path) if sent else ("GET", path + "/nothing.js")
    path = path.format(user_id=subject.database_id, name="swagger-ui.css")
    return (await http.request(method, path, json=sent, headers=bearing(token))).status_code


def bearing(token: str | None) -> dict[str, str]:
    """The header of somebody who shows this token."""
    return {"Authorization": f"Bearer {token}"} if token else {}
