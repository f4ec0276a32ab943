"""Facts about remembering documents: once found valid, a text is parsed and validated no more."""

from __future__ import annotations

import asyncio

from graphql import parse

from gql_users.graphql.execution.documents import LONGEST_REMEMBERED, MOST_CHARACTERS, MOST_DOCUMENTS, Documents
from gql_users.graphql.schema import Schema, build
from tests.door import Door

VALID = "{ __typename }"
DOCUMENT = parse(VALID)


async def codes(schema: Schema, text: str) -> list[str]:
    """What is wrong with a document."""
    return [error.message for error in (await schema.execute(text)).errors or []]


async def test_a_valid_document_is_remembered_by_its_text() -> None:
    documents = Documents()

    assert await codes(build(documents), VALID) == []

    assert documents.find(VALID) is not None
    assert documents.find(VALID + " ") is None


async def test_what_is_not_valid_is_not_remembered() -> None:
    documents = Documents()
    schema = build(documents)

    for text in (
        "{ nonsense }",
        "{ me { id }",
        "# nothing",
        "{ user(by: {}) { id } }",
        "query ($x: Int) { __typename }",
    ):
        await schema.execute(text)
        assert documents.find(text) is None, text


async def test_a_remembered_document_is_neither_parsed_nor_validated_again() -> None:
    documents = Documents()
    documents.remember("{ cannot be parsed", parse("{ __typename @cannotBeValidated }"))

    result = await build(documents).execute("{ cannot be parsed")

    assert (result.data, result.errors) == ({"__typename": "Query"}, None)


async def test_a_remembered_document_makes_no_other_one_valid() -> None:
    schema = build(Documents())

    for _ in range(2):
        assert await codes(schema, VALID) == []
        assert len(await codes(schema, "{ nonsense }")) == 1
        assert len(await codes(schema, "{")) == 1


async def test_each_time_a_document_takes_other_variables_and_names(door: Door) -> None:
    text = """query Twice($twice: Boolean!) { serviceInfo { version @include(if: $twice) registration } }
              query Once { serviceInfo { registration } }"""

    async def fields(name: str, twice: bool) -> set[str]:
        body = (await door.answer(text, {"twice": twice}, operationName=name)).json()
        return set(body["data"]["serviceInfo"])

    answers = await asyncio.gather(*(fields(name, twice) for name in ("Twice", "Once") for twice in (True, False) * 3))

    assert answers == [{"version", "registration"}, {"registration"}] * 3 + [{"registration"}] * 6


async def test_the_least_recently_used_is_forgotten_first() -> None:
    documents = Documents()
    for number in range(MOST_DOCUMENTS):
        documents.remember(str(number), DOCUMENT)
    assert documents.find("0") is DOCUMENT

    documents.remember("another", DOCUMENT)

    assert documents.find("0") is DOCUMENT
    assert documents.find("1") is None
    assert documents.find("2") is documents.find("another") is DOCUMENT


async def test_all_remembered_texts_have_so_many_characters_at_most() -> None:
    documents = Documents()
    texts = [f"{number:08}" * (LONGEST_REMEMBERED // 8) for number in range(MOST_CHARACTERS // LONGEST_REMEMBERED + 1)]

    for text in texts:
        documents.remember(text, DOCUMENT)
        documents.remember(text, DOCUMENT)

    assert [documents.find(text) for text in texts] == [None, *[DOCUMENT] * (len(texts) - 1)]


async def test_what_was_forgotten_makes_room() -> None:
    documents = Documents()
    texts = [f"{number:08}" * (LONGEST_REMEMBERED // 8) for number in range(100)]

    for text in texts:
        documents.remember(text, DOCUMENT)
        documents.remember("small", DOCUMENT)
        assert documents.find("small") is DOCUMENT

    assert documents.find(texts[99]) is documents.find(texts[60]) is DOCUMENT
    assert documents.find(texts[40]) is None


async def test_a_text_that_nobody_writes_by_hand_is_not_remembered() -> None:
    documents = Documents()

    documents.remember("x" * (LONGEST_REMEMBERED + 1), DOCUMENT)

    assert documents.find("x" * (LONGEST_REMEMBERED + 1)) is None
