"""Facts about what a document may cost: pages inside pages multiply, and are refused before anything is asked."""

from __future__ import annotations

import pytest

from tests.door import Door

NESTED = "{ me { events(first: 100) { nodes { user { events(first: 100) { nodes { id } } } } } } }"

EVENTS = "events(first: %s) { nodes { id } }"
FRAGMENTS = "fragment F on User { events(first: 100) { nodes { user { ...G } } } } fragment G on User { %s }"

TOO_COSTLY = {
    "pages of pages": NESTED,
    "pages of pages behind variables": f"query ($n: Int) {{ users(first: $n) {{ nodes {{ {EVENTS % '$n'} }} }} }}",
    "pages of pages, from the end": NESTED.replace("first", "last"),
    "pages of pages by number": NESTED.replace("100", "1000000000"),
    "pages of pages in fragments": "{ me { ...F } } " + FRAGMENTS % (EVENTS % 100),
    "pages of pages as nodes": f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on User {{ {EVENTS % 100} }} }} }}",
    "many pages side by side": "{" + " ".join(f"a{n}: users(first: 100) {{ nodes {{ id }} }}" for n in range(50)) + "}",
}
WELL_PRICED = {
    "a full page": "{ users(first: 100) { totalCount pageInfo { endCursor } edges { cursor node { id name } } } }",
    "people and where they are signed in": "{ users(first: 20) { nodes { sessions(first: 20) { nodes { id } } } } }",
    "a full page of what happened": "{ events(first: 100) { nodes { kind actor { id } user { id } } } }",
    "the shape of the schema": "{ __schema { types { fields { type { ofType { ofType { name } } } } } } }",
}


@pytest.mark.parametrize("query", TOO_COSTLY.values(), ids=TOO_COSTLY)
async def test_pages_inside_pages_are_refused_before_anything_is_asked(
    as_admin: Door, statements: list[str], query: str
) -> None:
    before = len(statements)

    body = (await as_admin.answer(query, {"n": 100, "ids": []})).json()

    assert [error["extensions"] for error in body["errors"]] == [{"code": "QUERY_TOO_COMPLEX"}]
    assert "data" not in body or body["data"] is None
    assert [each for each in statements[before:] if "signing_keys" not in each] == []


@pytest.mark.parametrize("query", WELL_PRICED.values(), ids=WELL_PRICED)
async def test_what_a_client_usually_asks_is_answered(as_admin: Door, query: str) -> None:
    body = (await as_admin.answer(query)).json()

    assert "errors" not in body
