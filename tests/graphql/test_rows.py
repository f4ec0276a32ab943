"""Facts about lists whose objects follow from rows: plans answer without the objects, and say what they would say."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, Executor

from gql_users.graphql.execution.engine import Engine
from gql_users.graphql.execution.plans.derived import Derivation, Derived
from gql_users.graphql.execution.plans.loops import Loops
from tests.graphql.comparing import engine_of, told


@strawberry.type
class City:
    """Where somebody lives."""

    name: str


def _greeting(root: Any) -> str:
    root.greeted += 1
    return f"Hello {root.name}"


@strawberry.type
class Person:
    """A few plain attributes, and one that is resolved."""

    name: str
    age: int | None
    city: City
    greeted: strawberry.Private[int]
    greeting: str = strawberry.field(resolver=_greeting)


@strawberry.type
class Query:
    """Whatever the test wants."""

    @strawberry.field
    def people(self, info: strawberry.Info) -> list[Person]:
        """The context."""
        return info.context  # type: ignore[no-any-return]


Row: Any = namedtuple("Row", "years name city")
Other: Any = namedtuple("Other", "city name years")
Short: Any = namedtuple("Short", "name years")

CITY = Derivation(City, {"name": "{city}"})
PERSON = Derivation(
    Person,
    {"name": "{polite}({title}, {name})", "age": "{years}", "city": CITY, "greeted": "0"},
    {"polite": lambda title, name: f"{title} {name}"},
    given=["title"],
)
ALL = "{ people { __typename name age years: age city { in: name } } }"
GREETED = "{ people { name greeting } }"
ADA, BOB = Row(36, "Ada", "London"), Row(None, "Bob", "Paris")


def row_of(*columns: str) -> Any:
    """A class of rows."""
    return namedtuple("Row", columns)


@pytest.fixture
def engine() -> Engine:
    return engine_of(strawberry.Schema(Query)._schema)


async def asked(engine: Engine, text: str, people: Any) -> ExecutionResult:
    """The answer to a document that was asked for before."""
    operation = engine.operation(text, None)
    await engine.execute(operation, {}, people)
    return await engine.execute(operation, {}, people)


async def both(engine: Engine, text: str, people: Any) -> set[str]:
    """All that is told, by the interpreter and by the plan."""
    operation = engine.operation(text, None)
    return {await told(way, operation, {}, people) for way in (engine.interpret, *[engine.execute] * 3)}


async def test_an_answer_is_made_of_rows_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = await asked(engine, ALL, Derived(PERSON, [ADA, BOB], "Dr"))
    people = Derived(PERSON, [ADA, BOB], "Dr")
    monkeypatch.delattr(Executor, "build")

    result = await engine.execute(engine.operation(ALL, None), {}, people)

    assert result == expected
    assert result.data == {
        "people": [
            {"__typename": "Person", "name": "Dr Ada", "age": 36, "years": 36, "city": {"in": "London"}},
            {"__typename": "Person", "name": "Dr Bob", "age": None, "years": None, "city": {"in": "Paris"}},
        ]
    }
    assert people._made is None


async def test_columns_may_stand_in_any_order(engine: Engine) -> None:
    await asked(engine, ALL, Derived(PERSON, [ADA], "Dr"))

    result = await asked(engine, ALL, Derived(PERSON, [Other("London", "Ada", 36)], "Dr"))

    assert result == await asked(engine, ALL, Derived(PERSON, [ADA], "Dr"))


async def test_rows_of_several_classes_become_objects(engine: Engine) -> None:
    people = Derived(PERSON, [ADA, Other("Paris", "Bob", 3)], "Dr")

    result = await asked(engine, ALL, people)

    assert result.data is not None
    assert [each["age"] for each in result.data["people"]] == [36, 3]
    assert people._made is not None


async def test_a_resolver_is_given_the_object_which_is_made_once(engine: Engine) -> None:
    await asked(engine, GREETED, Derived(PERSON, [ADA], "Dr"))
    people = Derived(PERSON, [ADA, BOB], "Dr")

    result = await engine.execute(engine.operation(GREETED, None), {}, people)

    assert result.data is not None
    assert [each["greeting"] for each in result.data["people"]] == ["Hello Dr Ada", "Hello Dr Bob"]
    assert [each.greeted for each in people] == [1, 1]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (Derived(PERSON, [ADA, Row(1, "Bob", None)], "Dr"), "Cannot return null for non-nullable field City.name."),
        (Derived(PERSON, [Row("old", "Ada", "London")], "Dr"), "Int cannot represent non-integer value: 'old'"),
        (Derived(PERSON, [Row(2**31, "Ada", "London")], "Dr"), "non 32-bit signed integer"),
        (Derived(PERSON, [Row(Row, "Ada", "London")], "Dr"), "Int cannot represent non-integer value"),
        (Derived(PERSON, [], "Dr"), '{"people": []}'),
        (Derived(CITY, [ADA]), "has no attribute 'age'"),
        (Derived(PERSON, [Short("Ada", 36)], "Dr"), "has no attribute 'city'"),
    ],
)
async def test_what_is_unusual_is_answered_as_by_the_interpreter(engine: Engine, people: Any, expected: str) -> None:
    (answer,) = await both(engine, ALL, people)

    assert expected in answer


@pytest.mark.parametrize("asked_for", ["age", "name"])
async def test_an_object_that_cannot_be_made_is_missed_whatever_is_asked_of_it(engine: Engine, asked_for: str) -> None:
    refusing = Derivation(Person, {"age": "{years}", "name": "{names}[{name}]"}, {"names": {"Ada": "Ada"}})

    (answer,) = await both(engine, f"{{ people {{ {asked_for} }} }}", Derived(refusing, [ADA, BOB]))

    assert "'Bob'" in answer
    assert '"data": null' in answer


async def test_no_more_loops_are_remembered_than_there_is_room_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[Loops] = set()
    call = Loops.__call__

    def seeing(loops: Loops, people: Derived[Any]) -> list[Any]:
        seen.add(loops)
        return call(loops, people)

    monkeypatch.setattr(Loops, "__call__", seeing)
    for number in range(9):
        greeted = Derivation(Person, {"name": f"{{name}} + '{number}'"})
        for other in range(30):
            people = Derived(greeted, [row_of("name", f"other_{other}")("Ada", 1)])

            result = await asked(engine, "{ people { name } }", people)

            assert result.data == {"people": [{"name": f"Ada{number}"}]}

    (loops,) = seen
    assert len(loops._loops) == 2
    assert max(len(loop._picks) for loop in loops._loops.values() if loop is not None) == 16


def test_a_derivation_that_is_made_anew_is_the_same() -> None:
    same = Derivation(Person, dict(PERSON.attributes), dict(PERSON.known), PERSON.given)
    others = (
        Derivation(City, PERSON.attributes, PERSON.known, PERSON.given),
        Derivation(
            Person, {**PERSON.attributes, "city": Derivation(City, {"name": "{name}"})}, PERSON.known, ["title"]
        ),
        Derivation(Person, PERSON.attributes, {"polite": max}, PERSON.given),
    )

    assert same == PERSON
    assert len({same, PERSON, *others}) == 1 + len(others)


def test_rows_are_not_shown_where_the_list_is() -> None:
    assert repr(Derived(PERSON, [ADA], "Dr")) == "Derived(Person)"


def test_a_list_of_what_follows_is_a_sequence() -> None:
    people = Derived(PERSON, [ADA, BOB], "Dr")

    assert len(people) == 2
    assert people[1].name == "Dr Bob"
    assert [each.name for each in people[:1]] == ["Dr Ada"]
    assert people[0] is next(iter(people))
