"""Facts about how /graphql answers: in which type, with which status, and with no data where nothing was executed."""

from __future__ import annotations

import httpx
import pytest

from tests.door import Door

NEW = "application/graphql-response+json"
OLD = "application/json"

ACCEPTED = {
    None: OLD,
    "*/*": OLD,
    "application/*": OLD,
    OLD: OLD,
    NEW: NEW,
    f"{NEW}; charset=utf-8": NEW,
    f"{NEW}, {OLD}": NEW,
    f"{OLD}, {NEW}": NEW,
    f"{OLD}, {NEW};q=0.9": OLD,
    f"{NEW};q=0.5, */*;q=0.1": NEW,
    f"{NEW};q=0, */*": OLD,
    f"{OLD};q=0, {NEW};q=0.1": NEW,
    f"{NEW},{OLD};q=0.9": NEW,
    f"text/html, {OLD};q=0.1": OLD,
    f"{NEW};q=nonsense, {OLD}": OLD,
    "Application/GraphQL-Response+JSON": NEW,
}
REFUSED = ("text/html", "text/plain", "application/xml", f"{OLD};q=0", "*/*;q=0", "application/jsonx", "nonsense")

NOT_EXECUTED = {
    "no document": ("{", {}, "GRAPHQL_PARSE_FAILED"),
    "a field that is none": ("{ nonsense }", {}, "GRAPHQL_VALIDATION_FAILED"),
    "a value of another type": ("query ($id: ID!) { node(id: $id) { id } }", {"id": None}, "BAD_USER_INPUT"),
    "too much": ("{ " + "me { id } " * 30 + "}", {}, "QUERY_TOO_COMPLEX"),
}


async def asked(door: Door, query: str, accept: str | None, **more: object) -> httpx.Response:
    """The answer to somebody who accepts this."""
    http = door.http
    request = http.build_request("POST", "/graphql", json={"query": query, **more})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    return await http.send(request)


@pytest.mark.parametrize("accept", ACCEPTED, ids=str)
async def test_an_answer_is_of_the_type_that_its_reader_likes_best(door: Door, accept: str | None) -> None:
    answer = await asked(door, "{ __typename }", accept)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{ACCEPTED[accept]}; charset=utf-8"
    assert answer.headers["Vary"] == "Accept"
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_what_is_accepted_may_stand_on_several_lines(door: Door) -> None:
    lines = [("Accept", "text/plain"), ("Accept", NEW), ("Content-Type", OLD)]

    answer = await door.http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=lines)

    assert answer.headers["Content-Type"].startswith(NEW)


async def test_a_request_that_is_none_is_told_so_in_the_type_that_its_sender_takes(door: Door) -> None:
    answer = await door.http.post("/graphql", content=b"{", headers={"Accept": NEW, "Content-Type": OLD})

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, f"{NEW}; charset=utf-8")


@pytest.mark.parametrize("accept", REFUSED)
async def test_who_takes_none_of_our_types_is_told_of_them(door: Door, accept: str) -> None:
    answer = await asked(door, "{ __typename }", accept)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")
    assert NEW in error["message"]
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", [OLD, NEW])
@pytest.mark.parametrize("what", NOT_EXECUTED)
async def test_what_is_not_executed_has_no_data_and_says_why(door: Door, what: str, accept: str) -> None:
    query, variables, code = NOT_EXECUTED[what]

    answer = await asked(door, query, accept, variables=variables)

    assert answer.status_code == (400 if accept == NEW else 200)
    assert answer.headers["Content-Type"].startswith(accept)
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        ("Other", "query One { __typename }"),
        ("Other", "query One { __typename } query Two { __typename }"),
        (None, "query One { __typename } query Two { __typename }"),
        ("", "query One { __typename } query Two { __typename }"),
        ("\ud800", "{ __typename }"),
        ("F", "fragment F on Query { __typename }"),
        (None, "fragment F on Query { __typename }"),
    ],
)
async def test_an_operation_that_is_not_there_is_not_guessed(door: Door, name: str | None, documents: str) -> None:
    answer = await door.answer(documents, operationName=name)

    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_deed_by_get_is_refused_and_told_of_post(door: Door) -> None:
    for query in ("mutation { __typename }", "query One { __typename } mutation Two { __typename }"):
        answer = await door.http.get(
            "/graphql", params={"query": query, "operationName": "Two"} if "Two" in query else {"query": query}
        )

        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


async def test_no_more_than_five_mistakes_are_told_and_none_is_mended(door: Door) -> None:
    (*told, last) = (await door.answer("{ " + "me { emial } " * 10 + "}")).json()["errors"]

    assert [error["message"] for error in told] == ["Cannot query field 'emial' on type 'User'."] * 5
    assert "Too many validation errors" in last["message"]
