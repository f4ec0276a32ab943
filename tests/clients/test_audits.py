"""The public audits of GraphQL over HTTP (`graphql-http`) pass, every one of them."""

from __future__ import annotations

from tests.clients.node import needs_packages, run
from tests.door import Door


@needs_packages
async def test_all_public_audits_of_graphql_over_http_pass(door: Door) -> None:
    code, table = await run("audit.mjs", f"{door.http.base_url}/graphql")

    assert table.endswith("61 of 61 ok\n"), table
    assert code == 0
