"""Every line of every documented contract, through real HTTP, on both databases."""

from __future__ import annotations

import httpx
import pytest

from gql_users import create_app
from tests.conftest import MakeSettings
from tests.rest.contracts import accounts, api_v1, crud, people
from tests.rest.contracts.rows import ROWS, Row
from tests.serving import serving

PAGES = (crud, people, accounts, api_v1)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_the_contract_holds(row: Row, make_settings: MakeSettings) -> None:
    app = create_app(make_settings(**row.settings))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        await row.show(http)


def test_no_page_of_a_contract_is_forgotten() -> None:
    assert {row.show.__module__ for row in ROWS} == {page.__name__ for page in PAGES}
