"""Facts about fields that share a name in the answer: what may be merged is what the specification says may be."""

from __future__ import annotations

import pytest
from graphql import build_schema, parse, specified_rules, validate

from gql_users.graphql.execution.merging import OTHERS, FieldsMerge
from gql_users.graphql.execution.too_complex import TooComplexError
from tests.graphql.documents import SCHEMA, document

MERGE = {
    "the same field": "{ dog { name name } }",
    "the same field with the same alias": "{ dog { x: name x: name } }",
    "the same arguments in another order": "{ dog { knows(a: 1, b: 2) knows(b: 2, a: 1) } }",
    "the same object, by parts": "{ dog { owner { name } } dog { owner { age } } }",
    "different fields of different objects": "{ pet { ... on Dog { x: name } ... on Cat { x: nick } } }",
    "different arguments of different objects": "{ pet { ... on Dog { knows(a: 1) } ... on Cat { knows(a: 2) } } }",
}
CONFLICT = {
    "different fields": "{ dog { x: name x: nick } }",
    "an alias over a field": "{ dog { name: nick name } }",
    "different arguments": "{ dog { knows(a: 1) knows(a: 2) } }",
    "arguments and none": "{ dog { knows(a: 1) knows } }",
    "different variables": "query ($a: Int, $b: Int) { dog { knows(a: $a) knows(a: $b) } }",
    "different fields below": "{ dog { owner { x: name } } dog { owner { x: age } } }",
    "in fragments": "{ dog { ...F ...G } } fragment F on Dog { x: name } fragment G on Dog { x: nick }",
    "through an interface": "{ pet { x: name ... on Dog { x: nick } } }",
    "different kinds of values": "{ pet { ... on Dog { x: name } ... on Cat { x: age } } }",
    "a value and none": "{ pet { ... on Dog { x: name } ... on Cat { x: always } } }",
    "a list and none": "{ pet { ... on Dog { x: owner { name } } ... on Cat { x: friends { name } } } }",
    "different kinds of values below": "{ pet { ... on Dog { x: owner { y: name } } "
    "... on Cat { x: keeper { y: age } } } }",
}


# Fields of an interface belong to each of its objects.
ANIMALS = build_schema(
    "type Query { animal: Animal } interface Animal { friend: Animal, name: String } "
    + " ".join(f"type A{number} implements Animal {{ friend: Animal, name: String }}" for number in range(8))
)


def verdicts(text: str) -> tuple[bool, bool]:
    """Do our rules find fault, and do the library's?"""
    parsed = parse(text)
    ours = validate(SCHEMA, parsed, OTHERS) or validate(SCHEMA, parsed, [FieldsMerge])
    return bool(ours), bool(validate(SCHEMA, parsed, specified_rules))


@pytest.mark.parametrize("what", MERGE)
def test_what_is_alike_merges(what: str) -> None:
    assert verdicts(MERGE[what]) == (False, False)


@pytest.mark.parametrize("what", CONFLICT)
def test_what_differs_conflicts(what: str) -> None:
    assert verdicts(CONFLICT[what]) == (True, True)


def test_what_is_said_of_a_type_is_no_other_value() -> None:
    # The library leaves this one out.
    told = validate(SCHEMA, parse("{ pet { ... on Dog { x: __typename } ... on Cat { x: age } } }"), [FieldsMerge])

    assert [error.message for error in told] == [
        "Fields 'x' conflict because they return different kinds of values. Use different aliases to fetch both."
    ]


def test_what_interfaces_multiply_is_given_up() -> None:
    selection = "name"
    for _ in range(9):
        objects = " ".join(f"... on A{number} {{ friend {{ name }} }}" for number in range(8))
        selection = f"friend {{ {selection} }} {objects}"

    with pytest.raises(TooComplexError, match="Too many fields share a name"):
        validate(ANIMALS, parse(f"{{ animal {{ {selection} }} }}"), [FieldsMerge])


def test_a_thousand_documents_are_judged_as_the_library_judges_them() -> None:
    judged = [(verdicts(text), text) for text in map(document, range(1_000))]

    assert [text for (ours, theirs), text in judged if ours != theirs] == []
    assert 50 < sum(not theirs for (_, theirs), _ in judged) < 950, "the documents should be of both kinds"
