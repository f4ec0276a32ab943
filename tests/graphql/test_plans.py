"""Facts about compiled execution: a document that is asked again is answered as the interpreter would, only faster."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, Executor, GraphQLError, build_schema

import gql_users.graphql.execution.plans as package
from gql_users import Settings
from gql_users.graphql.execution.engine import Engine, VariablesRefused
from gql_users.graphql.execution.plans.selections import selected
from gql_users.services import Services
from tests.door import Person
from tests.graphql.comparing import Comparison, compare_odd, compare_real, engine_of, told
from tests.graphql.odd_schema import SCHEMA, Later, Odd

Resolve = Callable[[], Any]


@strawberry.interface
class Named:
    """Has a name."""

    name: str


@strawberry.type
class Thing(Named):
    """Plain attributes."""

    nick: str | None = None
    size: int = 1
    tags: list[str] = strawberry.field(default_factory=list)
    twin: Thing | None = None


@strawberry.type
class Other(Named):
    """Has a name too."""


@strawberry.type
class Plain:
    """Behind no interface, so that anything may pass for it."""

    size: int = 1
    inner: Plain | None = None


async def resolve(info: strawberry.Info[Resolve]) -> Any:
    """What the test wants."""
    answer = info.context()
    return await answer if isinstance(answer, Awaitable) else answer


async def names(info: strawberry.Info) -> list[str]:
    """What is selected on things."""
    return sorted(selected(info, "Thing"))


@strawberry.type
class Query:
    """Whatever the test wants."""

    thing: Thing | None = strawberry.field(resolver=resolve)
    sure: Thing = strawberry.field(resolver=resolve)
    things: list[Thing | None] | None = strawberry.field(resolver=resolve)
    named: Named | None = strawberry.field(resolver=resolve)
    plain: Plain = strawberry.field(resolver=resolve)
    text: str | None = strawberry.field(resolver=resolve)


@strawberry.type
class Mutation:
    """The same, done."""

    do: Thing | None = strawberry.field(resolver=resolve)


THING = "name nick size tags twin { name size }"
UNUSUAL: dict[str, tuple[str, Resolve, str]] = {
    "null where there must be something": (
        "{ thing { name twin { name } } }",
        lambda: Thing(name="a", twin=Thing(name=None)),  # type: ignore[arg-type]  # that is the point
        '"twin": null}}, "errors": [[{"message": "Cannot return null for non-nullable field Thing.name."',
    ),
    "null in a list where there may be": (
        "{ things { name } }",
        lambda: [None, Thing(name="a")],
        '[null, {"name": "a"}]',
    ),
    "a thing among several": (
        "{ things { size } }",
        lambda: [Thing(name="a"), Thing(name="b", size=2**31), Thing(name="c")],
        '{"things": [{"size": 1}, null, {"size": 1}]}',
    ),
    "null at the top": (
        "{ sure { name } }",
        lambda: None,
        '{"data": null, "errors": [[{"message": "Cannot return null',
    ),
    "a number for a text": ("{ thing { name } }", lambda: Thing(name=3), '{"name": "3"}'),  # type: ignore[arg-type]
    "an exception as a value": (
        "{ thing { nick } }",
        lambda: Thing(name="a", nick=ValueError("told")),  # type: ignore[arg-type]
        '"message": "told"',
    ),
    "something to await as a value": (
        "{ thing { nick } }",
        lambda: Thing(name="a", nick=Later("later")),  # type: ignore[arg-type]
        '{"nick": "later"}',
    ),
    "a generator for a list": ("{ things { name } }", lambda: (Thing(name=each) for each in "ab"), '{"name": "b"}'),
    "another object behind the same interface": ("{ thing { name } }", lambda: Other(name="a"), '{"name": "a"}'),
    "an object that is cast to another type": (
        "{ thing { name } }",
        lambda: strawberry.cast(Other, Thing(name="a")),
        "Expected value of type 'Thing' but got",
    ),
    "one that is cast": (
        "{ named { __typename name } }",
        lambda: strawberry.cast(Other, Thing(name="a")),
        '{"__typename": "Other", "name": "a"}',
    ),
    "an exception whose type is asked for": (
        "{ plain { inner { __typename } } }",
        lambda: Plain(inner=ValueError("told")),  # type: ignore[arg-type]
        '{"plain": {"inner": null}}',
    ),
    "a null whose type is asked for": (
        "{ plain { __typename } }",
        lambda: None,
        '{"data": null, "errors": [[{"message": "Cannot return null',
    ),
    "something to await whose type is asked for": (
        "{ plain { inner { __typename } } }",
        lambda: Plain(inner=Later(None)),  # type: ignore[arg-type]
        '{"plain": {"inner": null}}, "errors": null',
    ),
    "no attribute": ("{ thing { name } }", lambda: Thing.__new__(Thing), "has no attribute 'name'"),
}

INPUTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a variable's default": ("($n: Int = 5) { echo(number: $n) }", {}, "number=5"),
    "a default that is overruled": ("($n: Int = 5) { echo(number: $n) }", {"n": None}, "number=None"),
    "an argument's default": ("($n: Int) { echo(number: $n) }", {}, "number=7"),
    "a default for what must be": ('($t: String = "x") { echo(text: $t) }', {}, "text='x'"),
    "null for what must be": (
        '($t: String = "x") { echo(text: $t) }',
        {"t": None},
        "Argument 'text' has invalid value",
    ),
    "a whole number for a fraction": ('($s: Float!) { must(id: "1", size: $s) }', {"s": 2}, "size=2.0"),
    "a number for an id": ("($i: ID!) { must(id: $i, size: 1) }", {"i": 3}, "id='3', size=1.0"),
    "a text for a number": ("($n: Int) { echo(number: $n) }", {"n": "3"}, "Int cannot represent non-integer value"),
    "one thing for a list": ("($c: [Colour!]) { echo(colours: $c) }", {"c": "RED"}, "colours=[<Colour.RED: 'r'>]"),
    "variables in a list": ("($a: Even) { echo(grid: [[$a, 2]]) }", {}, "grid=[[None, 2]]"),
    "variables in an input": ("($a: Even!) { echo(by: {even: $a}) }", {"a": 4}, "even=4"),
    "a wrong value of a scalar": ("($a: Even!) { echo(by: {even: $a}) }", {"a": 3}, "3 is not even"),
    "absent": ('($w: Wish) { must(id: "1", size: 1, wish: $w) }', {"w": {"id": "x"}}, "name=None, age=None"),
    "present": ('($w: Wish) { must(id: "1", size: 1, wish: $w) }', {"w": {"id": "x", "name": None}}, "name=Some(None)"),
    "null where it may only be absent": (
        '($w: Wish) { must(id: "1", size: 1, wish: $w) }',
        {"w": {"id": "x", "age": None}},
        "cannot be explicitly set to null",
    ),
    "an input that refuses": ('{ must(id: "1", size: 1, wish: {id: "x", size: -1}) }', {}, '"message": "negative"'),
    "a name of Python's": ('{ must(id: "1", size: 1, wish: {id: "x", in: [[1]]}) }', {}, "in_=[[1]]"),
    "a field that is not there": ("($b: By) { echo(by: $b) }", {"b": {"nobody": 1}}, "Expected value of type 'By'"),
}


def raising() -> Any:
    """A resolver that raises what clients are told."""
    raise GraphQLError("Not so.", extensions={"code": "NOT_SO"})


@pytest.fixture
def engine() -> Engine:
    return engine_of(strawberry.Schema(Query, Mutation, types=[Other])._schema)


async def asked(engine: Engine, text: str, context: object, variables: dict[str, Any] | None = None) -> ExecutionResult:
    """The answer to a document that was asked for before."""
    operation = engine.operation(text, None)
    await told(engine.execute, operation, variables or {}, context)
    return await engine.execute(operation, variables, context)


async def test_generated_documents_over_an_odd_schema_are_answered_as_by_the_interpreter() -> None:
    comparison = Comparison()

    await compare_odd(comparison, range(300))

    assert comparison.different == []
    assert comparison.compared > 250
    assert comparison.with_errors > 50


async def test_generated_documents_over_our_schema_are_answered_as_by_the_interpreter(
    services: Services, settings: Settings, an_admin: Person, a_member: Person
) -> None:
    comparison = Comparison()

    await compare_real(comparison, range(150), services, settings, [an_admin.database_id, a_member.database_id])

    assert comparison.different == []
    assert comparison.compared > 120


@pytest.mark.parametrize("what", UNUSUAL)
async def test_what_is_unusual_is_answered_as_by_the_interpreter(engine: Engine, what: str) -> None:
    text, context, expected = UNUSUAL[what]
    operation = engine.operation(text, None)

    answers = [await told(execute, operation, {}, context) for execute in (engine.interpret, *[engine.execute] * 3)]

    assert expected in answers[0]
    assert answers == [answers[0]] * 4


@pytest.mark.parametrize(
    "text", [f"{{ thing {{ {THING} }} }}", "{ things { ...F } } fragment F on Named { __typename x: name }", "{ text }"]
)
async def test_an_ordinary_answer_needs_no_interpreter(
    engine: Engine, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"thing": Thing(name="a", twin=Thing(name="b")), "things": [Thing(name="a")], "text": "a"}
    (value,) = (value for name, value in answers.items() if text.startswith(f"{{ {name} "))
    expected = await asked(engine, text, lambda: value)
    monkeypatch.delattr(Executor, "build")

    result = await engine.execute(engine.operation(text, None), {}, lambda: value)

    assert expected.errors is None
    assert result == expected


@pytest.mark.parametrize("what", INPUTS)
async def test_a_resolver_is_given_what_the_interpreter_would_give_it(what: str) -> None:
    text, variables, expected = INPUTS[what]
    engine = engine_of(SCHEMA._schema)
    operation = engine.operation(f"query {text}", None)

    ways = (engine.interpret, *[engine.execute] * 3)
    answers = [await told(execute, operation, variables, Odd(0)) for execute in ways]

    assert expected in answers[0]
    assert answers == [answers[0]] * 4


async def test_a_refusal_keeps_its_place_and_its_cause(engine: Engine) -> None:
    result = await asked(engine, "{\n  x: sure { name } }", raising)

    told_once = {
        "message": "Not so.",
        "locations": [{"line": 2, "column": 3}],
        "path": ["x"],
        "extensions": {"code": "NOT_SO"},
    }
    assert result.formatted == {"data": None, "errors": [told_once]}


async def test_a_resolver_is_called_once_though_the_interpreter_completes_what_it_gave(engine: Engine) -> None:
    calls = itertools.count()

    def counted() -> Thing:
        next(calls)
        return Thing(name="a", size=2**31)

    result = await asked(engine, "mutation { do { size } }", counted)

    assert result.errors is not None
    assert next(calls) == 2  # it was asked twice


async def test_deeds_are_done_one_after_the_other() -> None:
    text = "mutation { a: push(value: 1) { id } b: add(value: 2) c: push(value: 3) { id } d: add(value: 4) }"
    engine = engine_of(SCHEMA._schema)
    await asked(engine, text, Odd(0))
    context = Odd(0)

    result = await engine.execute(engine.operation(text, None), {}, context)

    assert context.done == [1, 2, 3, 4]
    assert result.data is not None
    assert (result.data["b"], result.data["d"]) == ([1, 2], [1, 2, 3, 4])


async def test_an_answer_that_takes_too_long_can_be_given_up(engine: Engine) -> None:
    text = "{ thing { name } }"
    await asked(engine, text, lambda: None)
    never = asyncio.Event()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await engine.execute(engine.operation(text, None), {}, never.wait)


async def test_a_cancelled_resolver_is_no_answer(engine: Engine) -> None:
    def cancelled() -> Any:
        raise asyncio.CancelledError

    text = "{ thing { name } }"
    await asked(engine, text, lambda: None)

    with pytest.raises(asyncio.CancelledError):
        await engine.execute(engine.operation(text, None), {}, cancelled)


async def test_what_is_skipped_follows_the_variables_of_each_request(engine: Engine) -> None:
    declared = " ".join(f"$v{n}: Boolean!" for n in range(6))
    fields = " ".join(f"a{n}: name @include(if: $v{n})" for n in range(6))
    text = f"query ({declared}) {{ thing {{ {fields} }} }}"
    # More than there are variants.
    requests = [{f"v{n}": bool(number >> n & 1) for n in range(6)} for number in range(64)]

    results = [await asked(engine, text, lambda: Thing(name="a"), request) for request in requests]

    assert [{*result.data["thing"]} for result in results if result.data] == [
        {f"a{name[1]}" for name, wanted in request.items() if wanted} for request in requests
    ]


async def test_a_document_that_is_too_large_to_compile_is_answered_all_the_same(engine: Engine) -> None:
    fields = {f"a{number}" for number in range(500)}
    text = f"{{ thing {{ {' '.join(f'{name}: name' for name in sorted(fields))} }} }}"

    result = await asked(engine, text, lambda: Thing(name="a"))

    assert result.data == {"thing": dict.fromkeys(sorted(fields), "a")}


async def test_a_schema_that_is_not_strawberrys_is_answered_too() -> None:
    engine = engine_of(build_schema("type Query { pet(name: String): Pet } type Pet { name: String! }"))

    result = await asked(engine, '{ pet(name: "Ada") { name } }', None)

    assert result.formatted == {"data": {"pet": None}}


@pytest.mark.parametrize("depth", [10, 60, 250])
async def test_an_input_may_be_as_deep_as_the_interpreter_lets_it(depth: int) -> None:
    engine = engine_of(SCHEMA._schema)
    operation = engine.operation("query ($deep: Deep) { echo(deep: $deep) }", None)
    deep: dict[str, Any] = {"value": 1}
    for _ in range(depth):
        deep = {"more": [deep]}

    answers = [
        await told(execute, operation, {"deep": deep}, Odd(0)) for execute in (engine.interpret, *[engine.execute] * 3)
    ]

    assert ("nested too deeply" in answers[0]) == (depth > 100)
    assert answers == [answers[0]] * 4


async def test_wrong_variables_are_refused_with_the_words_of_the_library() -> None:
    engine = engine_of(SCHEMA._schema)
    text = "query ($by: By) { echo(by: $by) }"
    await asked(engine, text, Odd(0), {"by": {"id": "1"}})

    with pytest.raises(VariablesRefused) as refused:
        await engine.execute(engine.operation(text, None), {"by": {"id": "1", "even": 2}}, Odd(0))

    (error,) = refused.value.errors
    assert "must specify exactly one key" in error.message


def test_the_package_knows_nothing_of_the_product() -> None:
    sources = [path.read_text() for path in Path(package.__path__[0]).glob("*.py")]

    imported = {name for source in sources for name in re.findall(r"^(?:from|import) (\S+)", source, re.MULTILINE)}

    ours = {name for name in imported if name.startswith("gql_users")}
    assert ours
    assert all(name.startswith("gql_users.graphql.execution.plans.") for name in ours)
