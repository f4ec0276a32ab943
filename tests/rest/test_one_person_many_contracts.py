"""All contracts stand on one table: one person, seen through each of them."""

from __future__ import annotations

from contextlib import AsyncExitStack

import httpx

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.door import Door, SettableClock
from tests.serving import serving

NEW_PASSWORD = "another long password"


async def test_a_person_of_one_contract_signs_in_after_another_gave_them_a_password(
    make_settings: MakeSettings,
) -> None:
    async with AsyncExitStack() as stack:
        people, accounts, crud = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    base_url=await stack.enter_async_context(serving(create_app(make_settings(rest_contract=name))))
                )
            )
            for name in ("people", "accounts", "crud")
        ]
        john = {"first_name": "John", "last_name": "Doe", "age": 30, "email": "john@example.com"}
        number = (await people.post("/users/", json=john)).json()["id"]
        login = {"email": "john@example.com", "password": NEW_PASSWORD}
        assert await Door(crud).codes("login", login) == [("INVALID_CREDENTIALS", None)]

        changed = await accounts.put(f"/users/{number}", json={"password": NEW_PASSWORD})

        assert changed.status_code == 200
        assert await Door(crud).codes("login", login) == []
        assert (await crud.get(f"/users/{number}")).json()["name"] == "John Doe"
        assert (await people.get(f"/users/{number}")).json() == john | {"id": number}


async def test_a_password_that_somebody_else_sets_ends_the_sessions(
    door: Door, make_settings: MakeSettings, clock: SettableClock
) -> None:
    member = await door.register("mia@example.com")
    accounts = create_app(make_settings(rest_contract="accounts"), clock=clock)

    async with serving(accounts) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        answer = await http.put(f"/users/{member.database_id}", json={"password": NEW_PASSWORD})

    assert answer.status_code == 200
    assert (await door.as_(member).refused("{ me { id } }"))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_nobody_takes_another_password_without_the_present_one(
    door: Door, make_settings: MakeSettings, clock: SettableClock
) -> None:
    member = await door.register("mia@example.com")
    accounts = create_app(make_settings(rest_contract="accounts", rest_access="authenticated"), clock=clock)

    async with serving(accounts) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        answer = await http.put(
            f"/users/{member.database_id}", json={"password": NEW_PASSWORD}, headers=door.as_(member).headers
        )

    assert answer.status_code == 403
    assert await door.codes("login", {"email": "mia@example.com", "password": NEW_PASSWORD}) != []
