"""Facts about what an installation tells of itself."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from gql_users import create_app
from gql_users.version import __version__
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

INFO = """{ serviceInfo {
    version registration accessTokenLifetimeSeconds
    passwordRules { minLength maxLength }
    limits { pageSize maxPageSize maxBodyBytes }
} }"""


async def test_strangers_learn_what_a_form_needs(door: Door) -> None:
    info = (await door.ask(INFO))["serviceInfo"]

    assert info == {
        "version": __version__,
        "registration": "OPEN",
        "accessTokenLifetimeSeconds": 900,
        "passwordRules": {"minLength": 8, "maxLength": 1024},
        "limits": {"pageSize": 20, "maxPageSize": 100, "maxBodyBytes": 65_536},
    }


async def test_it_tells_what_was_set(make_settings: MakeSettings) -> None:
    settings = make_settings(
        registration="closed",
        access_token_lifetime=timedelta(minutes=5),
        password_min_length=15,
        max_body_bytes=2_048,
    )

    async with serving(create_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        info = (await Door(http).ask(INFO))["serviceInfo"]

    assert (info["registration"], info["accessTokenLifetimeSeconds"]) == ("CLOSED", 300)
    assert info["passwordRules"]["minLength"] == 15
    assert info["limits"]["maxBodyBytes"] == 2_048


@pytest.mark.parametrize("size", [-1, 1])
async def test_what_it_tells_of_passwords_is_what_holds(door: Door, size: int) -> None:
    rules = (await door.ask(INFO))["serviceInfo"]["passwordRules"]
    length = rules["minLength"] - 1 if size < 0 else rules["maxLength"] + 1

    codes = await door.codes("register", {"email": "ann@example.com", "password": ("no-" * 400)[:length]})

    assert [path for _, path in codes] == [["input", "password"]]
