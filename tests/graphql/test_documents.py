"""Facts about remembering documents: once found good, a text is parsed, weighed and validated no more."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

import pytest
from graphql import DocumentNode, OperationDefinitionNode, parse

from gql_users.graphql.execution.documents import LONGEST_REMEMBERED, Documents
from gql_users.graphql.execution.engine import Costs, Engine, RequestRefused
from gql_users.graphql.schema import build
from tests.door import Door

VALID = "{ __typename }"

Cache: TypeAlias = Documents[int]


@pytest.fixture
def parsed() -> list[str]:
    """The texts that were parsed."""
    return []


@pytest.fixture
def engine(parsed: list[str]) -> Engine:
    """An engine without limits."""

    def noted(text: str) -> DocumentNode:
        parsed.append(text)
        return parse(text)

    def weightless(document: DocumentNode) -> Costs:
        return [(each, 0) for each in document.definitions if isinstance(each, OperationDefinitionNode)]

    return Engine(build()._schema, weightless, noted)


def test_a_good_document_is_parsed_once(engine: Engine, parsed: list[str]) -> None:
    operations = [engine.operation(VALID, None) for _ in range(3)]

    assert operations == [operations[0]] * 3
    assert parsed == [VALID]


def test_what_is_not_good_is_not_remembered(engine: Engine, parsed: list[str]) -> None:
    bad = ("{ nonsense }", "{ me { id }", "# nothing", "{ user(by: {}) { id } }", "query ($x: Int) { __typename }")

    for text in bad * 2:
        with pytest.raises(RequestRefused):
            engine.operation(text, None)

    assert parsed == [*bad * 2]


def test_a_remembered_document_makes_no_other_one_good(engine: Engine) -> None:
    for _ in range(2):
        assert engine.operation(VALID, None).cost == 0
        for text in ("{ nonsense }", "{"):
            with pytest.raises(RequestRefused):
                engine.operation(text, None)


def test_what_is_of_no_type_is_followed_no_further(engine: Engine) -> None:
    selection = "x"
    for _ in range(9):
        selection = f"... on Nope {{ x {{ {selection} }} }} " + " ".join(
            f"... on {kind} {{ x }}" for kind in ("User", "Session", "Event", "ServiceInfo", "TokenPair")
        )

    with pytest.raises(RequestRefused) as refused:
        engine.operation(f"{{ {selection} }}", None)

    assert "Unknown type 'Nope'." in {error.message for error in refused.value.errors}


async def test_each_time_a_document_takes_other_variables_and_names(door: Door) -> None:
    text = """query Twice($twice: Boolean!) { serviceInfo { version @include(if: $twice) registration } }
              query Once { serviceInfo { registration } }"""

    async def fields(name: str, twice: bool) -> set[str]:
        body = (await door.answer(text, {"twice": twice}, operationName=name)).json()
        return set(body["data"]["serviceInfo"])

    answers = await asyncio.gather(*(fields(name, twice) for name in ("Twice", "Once") for twice in (True, False) * 3))

    assert answers == [{"version", "registration"}, {"registration"}] * 3 + [{"registration"}] * 6


def test_the_least_recently_used_is_forgotten_first() -> None:
    documents = Cache(10, 1_000)
    for number in range(1, 11):
        documents.remember(str(number), number)
        assert documents.find(str(number)) == number  # asked for again: it is worth its place
    assert documents.find("1") == 1

    for number in range(11, 14):
        documents.remember(str(number), number)
        documents.find(str(number))

    assert documents.find("1") == 1
    assert documents.find("2") is None
    assert documents.find("13") == 13
    assert len(documents) <= 10


def test_documents_that_are_asked_for_once_push_out_none_that_is_used() -> None:
    documents = Cache(100, 100_000)
    for number in range(60):
        documents.remember(f"used {number}", number)
        documents.find(f"used {number}")

    for number in range(10_000):
        documents.remember(f"with a value inside: {number}", number)

    assert [documents.find(f"used {number}") for number in range(60)] == [*range(60)]
    assert len(documents) <= 100


def test_all_remembered_texts_have_so_many_characters_at_most() -> None:
    documents = Cache(1_000, 10_000)

    for number in range(100):
        text = f"{number:04}" * 250
        for _ in range(2):
            documents.remember(text, number)
            documents.find(text)

    assert len(documents) <= 10
    assert documents.find(f"{99:04}" * 250) == 99


def test_a_text_that_nobody_writes_by_hand_is_not_remembered() -> None:
    documents = Cache()

    documents.remember("x" * (LONGEST_REMEMBERED + 1), 1)

    assert documents.find("x" * (LONGEST_REMEMBERED + 1)) is None


def test_hits_and_misses_are_counted() -> None:
    documents = Cache()

    documents.find(VALID)
    documents.remember(VALID, 1)
    for _ in range(3):
        documents.find(VALID)

    assert (documents.hits, documents.misses) == (3, 1)
