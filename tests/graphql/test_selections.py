"""Facts about what a resolver can know of the selection below it."""

from __future__ import annotations

import pytest
import strawberry

from gql_users.graphql.execution.plans.selections import selected


@strawberry.interface
class Thing:
    """Anything."""

    id: strawberry.ID = strawberry.ID("1")


@strawberry.type
class Person(Thing):
    """What is asked about."""

    first_name: str = "Ada"
    age: int = 36
    friends: list[Person] = strawberry.field(default_factory=list)


@strawberry.type
class House(Thing):
    """Something else, with a field of the same name."""

    age: int = 100
    owner: Person = strawberry.field(default_factory=Person)


@strawberry.type
class Answers:
    """What the resolver knew."""

    thing: Thing = strawberry.field(default_factory=House)
    person: Person = strawberry.field(default_factory=Person)
    fields: list[str]


def answer(info: strawberry.Info) -> Answers:
    """Tells what was selected on people."""
    return Answers(fields=sorted(selected(info, "Person")))


@strawberry.type
class Query:
    """The one question."""

    answers: Answers = strawberry.field(resolver=answer)


SCHEMA = strawberry.Schema(Query, types=[House])

SELECTIONS = {
    "fields, as the schema names them": ("person { x: firstName age __typename }", ["age", "firstName"]),
    "at any depth": ("person { friends { friends { age } } }", ["age", "friends"]),
    "in fragments": ("person { ...F }", ["firstName"]),
    "in inline fragments": ("person { ... { age } ... on Person { firstName } }", ["age", "firstName"]),
    "on an interface": ("thing { id }", ["id"]),
    "of an object behind an interface": (
        "thing { ... on Person { age } ... on House { age owner { id } } }",
        ["age", "id"],
    ),
    "not of other types": ("thing { ... on House { age } }", []),
    "whatever is skipped": ("person { age @skip(if: true) firstName @include(if: false) }", ["age", "firstName"]),
    "all that is asked for in parts": ("person { age } person { firstName }", ["age", "firstName"]),
}


@pytest.mark.parametrize("what", SELECTIONS)
def test_a_resolver_knows_what_is_selected(what: str) -> None:
    selection, names = SELECTIONS[what]
    fragment = " fragment F on Person { firstName }" if "...F" in selection else ""

    result = SCHEMA.execute_sync(f"{{ answers {{ {selection} fields }} }}{fragment}")

    assert result.errors is None
    assert result.data is not None
    assert result.data["answers"]["fields"] == names
