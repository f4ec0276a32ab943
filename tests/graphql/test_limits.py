"""Facts about what one document may ask for: each deed that tries or hashes something, once in an operation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gql_users import Settings
from tests.door import PASSWORD, Door, Person
from tests.guessing import counted, told

LOGIN = 'login(input: {email: "member@example.com", password: "wrong"}) { errors { code } }'
SENSITIVE = {
    "login": LOGIN,
    "register": 'register(input: {email: "member@example.com", password: "a good long one"}) { errors { code } }',
    "refresh": 'refresh(input: {refreshToken: "nonsense"}) { errors { code } }',
    "changePassword": 'changePassword(input: {currentPassword: "wrong", newPassword: "a good long one"}) '
    "{ errors { code } }",
}
FIELDS = pytest.mark.parametrize("field", SENSITIVE.values(), ids=SENSITIVE.keys())

TWICE = (
    "mutation { a: LOGIN b: LOGIN }",
    "mutation { LOGIN b: LOGIN }",
    "mutation { LOGIN LOGIN }",
    "mutation { a: LOGIN ... { b: LOGIN } }",
    "mutation { ... on Mutation { a: LOGIN } ... on Mutation { ... { b: LOGIN } } }",
    "mutation { a: LOGIN ...F } fragment F on Mutation { b: LOGIN }",
    "mutation { ...F ...F } fragment F on Mutation { LOGIN }",
    "mutation { ...F ...G } fragment F on Mutation { a: LOGIN } fragment G on Mutation { b: LOGIN }",
    "mutation { ...F } fragment F on Mutation { a: LOGIN ...G } fragment G on Mutation { ... { b: LOGIN } }",
    "mutation { a: LOGIN b: SKIPPED }",
    "mutation ($no: Boolean = false) { a: LOGIN ... @include(if: $no) { b: LOGIN } }",
    "mutation { a: LOGIN ...F @skip(if: true) } fragment F on Mutation { b: LOGIN }",
    "mutation Asked { LOGIN } mutation Beside { a: LOGIN b: LOGIN }",
)

ENDLESS = (
    "mutation { ...F } fragment F on Mutation { LOGIN ...F }",
    "mutation { ...F } fragment F on Mutation { LOGIN ...G } fragment G on Mutation { ... { ...F } }",
    "mutation { ...F ...G } fragment F on Mutation { ...G } fragment G on Mutation { LOGIN ...F }",
    "mutation { LOGIN ...Missing }",
    "mutation { LOGIN ...F } fragment F on Mutation { ...Missing }",
)


@pytest.fixture
async def _leaves_no_trace(as_admin: Door, a_member: Person, settings: Settings) -> AsyncIterator[None]:
    """Nothing is tried meanwhile, and nothing is told."""
    before = await told(as_admin)
    yield
    assert await counted(settings) == []
    assert await told(as_admin) == before


def assert_too_complex(body: Any) -> None:
    """The whole document is refused, for this reason alone."""
    assert "data" not in body or body["data"] is None
    assert {error["extensions"]["code"] for error in body["errors"]} == {"QUERY_TOO_COMPLEX"}


@pytest.mark.usefixtures("_leaves_no_trace")
@FIELDS
async def test_what_is_sensitive_stands_once_in_an_operation(as_member: Door, field: str) -> None:
    for document in TWICE:
        asked = "Asked" if "Asked" in document else None
        skipped = field.replace(") {", ") @skip(if: true) {")
        text = document.replace("SKIPPED", skipped).replace("LOGIN", field)
        assert_too_complex((await as_member.answer(text, operationName=asked)).json())


@pytest.mark.usefixtures("_leaves_no_trace")
async def test_fifteen_aliases_are_no_fifteen_tries(door: Door) -> None:
    aliases = " ".join(f"a{number}: {LOGIN}" for number in range(15))

    answers = [(await door.answer(f"mutation {{ {aliases} }}")).json() for _ in range(2)]

    for body in answers:
        assert_too_complex(body)
        assert [error["message"] for error in body["errors"]] == ["login can be done once in an operation."]


@pytest.mark.usefixtures("_leaves_no_trace")
async def test_fragments_that_double_thirty_times_are_counted_without_unfolding_them(door: Door) -> None:
    assert_too_complex((await door.answer(doubling(LOGIN))).json())


@pytest.mark.usefixtures("_leaves_no_trace")
async def test_fragments_without_an_end_or_a_beginning_are_refused(door: Door) -> None:
    for document in ENDLESS:
        body = (await door.answer(document.replace("LOGIN", LOGIN))).json()

        assert "data" not in body or body["data"] is None, document
        assert "GRAPHQL_VALIDATION_FAILED" in {error["extensions"]["code"] for error in body["errors"]}, document


@pytest.mark.usefixtures("_leaves_no_trace")
async def test_a_chain_of_a_thousand_fragments_is_refused_and_breaks_nothing(door: Door) -> None:
    chain = " ".join(f"fragment F{number} on Mutation {{ ...F{number + 1} }}" for number in range(1_000))

    answer = await door.answer(f"mutation {{ a: {LOGIN} ...F0 }} {chain} fragment F1000 on Mutation {{ b: {LOGIN} }}")

    # Whichever notices first: who counts, or who gives up on fragments that go so deep.
    codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert codes in ({"QUERY_TOO_COMPLEX"}, {"GRAPHQL_VALIDATION_FAILED"})
    assert answer.status_code < 500


async def test_each_operation_of_a_document_is_judged_alone(door: Door, a_member: Person, settings: Settings) -> None:
    document = f"mutation One {{ {LOGIN} }} mutation Other {{ ...F }} fragment F on Mutation {{ {LOGIN} }}"

    answers = [(await door.answer(document, operationName=name)).json() for name in ("One", "Other")]

    assert answers == [{"data": {"login": {"errors": [{"code": "INVALID_CREDENTIALS"}]}}}] * 2
    assert await counted(settings) == [("account", 2, 0), ("network", 2, 0)]


async def test_each_of_the_sensitive_deeds_may_be_done_beside_the_others(as_member: Door) -> None:
    done = await as_member.ask("mutation { " + " ".join(SENSITIVE.values()) + " }")

    assert {name: payload["errors"][0]["code"] for name, payload in done.items()} == {
        "login": "INVALID_CREDENTIALS",
        "register": "EMAIL_TAKEN",
        "refresh": "TOKEN_INVALID",
        "changePassword": "INVALID_CREDENTIALS",
    }


async def test_other_deeds_may_be_done_many_times(as_member: Door, a_member: Person) -> None:
    deeds = " ".join(
        f'a{age}: patchUser(input: {{id: "{a_member.id}", age: {age}}}) {{ user {{ age }} }}' for age in range(5)
    )

    done = await as_member.ask(f"mutation {{ {deeds} }}")

    assert [payload["user"]["age"] for payload in done.values()] == list(range(5))
    assert await as_member.codes("login", {"email": a_member.email, "password": PASSWORD}) == []


def doubling(field: str) -> str:
    """A document that holds the field a thousand million times, in fragments that each spread the next one twice."""
    fragments = " ".join(
        f"fragment F{number} on Mutation {{ ...F{number + 1} ...F{number + 1} }}" for number in range(30)
    )
    return f"mutation {{ ...F0 }} {fragments} fragment F30 on Mutation {{ {field} }}"
