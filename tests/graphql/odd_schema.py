"""A schema with everything in it that GraphQL and Strawberry know, and resolvers that do what none should."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from enum import Enum, StrEnum
from math import inf
from random import Random
from typing import Annotated, Any, NewType

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLObjectType,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from tests.graphql.odd_rows import derived

# Deeper than this everything is empty.
DEPTH = 5


@strawberry.enum
class Colour(Enum):
    """An ordinary enum."""

    RED = "r"
    GREEN = "g"
    BLUE = strawberry.enum_value("b")


@strawberry.enum
class Mood(StrEnum):
    """One whose members are texts."""

    GOOD = "good"
    BAD = "bad"


Even = NewType("Even", int)


def _even_out(value: int) -> int | None:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value or None


def _even_in(value: object) -> int:
    if not isinstance(value, int) or value % 2:
        raise ValueError(f"{value!r} is not even")
    return value


EVEN = strawberry.scalar(name="Even", serialize=_even_out, parse_value=_even_in)


class Nobody(BasePermission):
    """Allows what is asked at even seeds."""

    message = "Not today."

    def has_permission(self, source: Any, info: strawberry.Info, **_: Any) -> bool:
        """Today?"""
        return bool(info.context.seed % 2 == 0)


@strawberry.input
class Deep:
    """May contain itself."""

    value: int = 3
    more: list[Deep] | None = None
    mood: Mood = Mood.GOOD


@strawberry.input(one_of=True)
class By:
    """One of these."""

    id: strawberry.ID | None = strawberry.UNSET
    even: Even | None = strawberry.UNSET
    deep: Deep | None = strawberry.UNSET


@strawberry.input
class Wish:
    """Fields of every kind."""

    id: strawberry.ID
    size: float = 1.5
    colours: list[Colour] | None = None
    in_: list[list[int]] | None = strawberry.field(name="in", default=None)
    when: datetime | None = None
    anything: JSON | None = None
    name: strawberry.Maybe[str | None] = None
    age: strawberry.Maybe[int] = None
    by: By | None = strawberry.UNSET

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("negative")


def told(**arguments: Any) -> str:
    """What a resolver was given, of which classes."""
    return ", ".join(f"{name}={value!r}" for name, value in sorted(arguments.items()))


def now(root: Any, info: strawberry.Info, note: str = "none") -> Any:
    """Answers at once, rightly or not."""
    return given(info)


async def soon(root: Any, info: strawberry.Info, turns: int = 1) -> Any:
    """Answers in some turns of the loop, rightly or not."""
    answer = given(info)
    for _ in range(min(max(turns, 0), 5)):
        await asyncio.sleep(0)
    return answer


@strawberry.interface
class Thing:
    """What everything is."""

    id: strawberry.ID
    name: str | None
    colour: Colour
    twin: Thing | None


@strawberry.type
class Stone:
    """Implements nothing."""

    weight: float
    age: int | None


@strawberry.type
class Cat(Thing):
    """Nearly all plain."""

    lives: int
    mood: Mood | None
    kittens: list[Cat]
    friends: list[Thing | None]
    naps: list[list[int]] | None
    nicknames: list[str | None] | None
    even: Even | None
    asleep: bool = strawberry.field(resolver=soon)


@strawberry.type
class Dog(Thing):
    """All plain."""

    barks: bool
    born: datetime | None
    anything: JSON | None
    weight: Even


Pet = Annotated[Cat | Dog | Stone, strawberry.union("Pet")]


@strawberry.type
class Person(Thing):
    """Plain fields and others."""

    age: int
    pets: list[Pet] | None
    favourite: Pet
    grid: list[list[Person | None] | None]
    soul: Stone
    slow: str | None = strawberry.field(resolver=soon)
    sure: str = strawberry.field(resolver=soon)
    boss: Person | None = strawberry.field(resolver=now)
    team: list[Person] = strawberry.field(resolver=soon)
    secret: int | None = strawberry.field(resolver=now, permission_classes=[Nobody])


@strawberry.type
class Query:
    """Questions."""

    person: Person | None = strawberry.field(resolver=soon)
    people: list[Person] = strawberry.field(resolver=soon)
    at_once: Person | None = strawberry.field(resolver=now)
    surely: Person = strawberry.field(resolver=now)
    thing: Thing | None = strawberry.field(resolver=soon)
    things: list[list[Thing] | None] = strawberry.field(resolver=now)
    pet: Pet | None = strawberry.field(resolver=soon)
    cats: list[Cat] | None = strawberry.field(resolver=soon)
    dog: Dog | None = strawberry.field(resolver=soon)
    number: int = strawberry.field(resolver=soon)
    even: Even | None = strawberry.field(resolver=now)
    colours: list[Colour] = strawberry.field(resolver=soon)
    forbidden: Dog | None = strawberry.field(resolver=soon, permission_classes=[Nobody])

    @strawberry.field
    async def echo(
        self,
        info: strawberry.Info,
        number: int | None = 7,
        text: str = "text",
        flag: bool | None = strawberry.UNSET,
        colours: list[Colour] | None = None,
        wish: Wish | None = None,
        by: By | None = None,
        deep: Deep | None = None,
        grid: list[list[Even | None]] | None = None,
        moods: list[Mood] = [Mood.BAD],  # noqa: B006 - nobody changes it
        anything: JSON | None = None,
        maybe: strawberry.Maybe[str | None] = None,
    ) -> str:
        """What was asked."""
        arguments = dict(locals())
        del arguments["self"], arguments["info"]
        return told(**arguments, at=info.path.as_list(), name=info.field_name, variables=info.variable_values)

    @strawberry.field
    def must(self, id: strawberry.ID, size: float, wish: Wish | None = None) -> str:
        """What was asked, and had to be."""
        return told(id=id, size=size, wish=wish)


@strawberry.type
class Mutation:
    """Deeds, one after the other."""

    @strawberry.mutation
    async def push(self, info: strawberry.Info, value: int, wish: Wish | None = None) -> Person | None:
        """Writes down that it was done."""
        info.context.done.append(value)
        await asyncio.sleep(0)
        return given(info)  # type: ignore[no-any-return]  # that is the point

    @strawberry.mutation
    def add(self, info: strawberry.Info, value: int) -> list[int]:
        """What was done up to now, at once."""
        info.context.done.append(value)
        return list(info.context.done)


SCHEMA = strawberry.Schema(Query, Mutation, types=[Cat, Dog], config=StrawberryConfig(scalar_map={Even: EVEN}))


class Odd:
    """One request: what everything answers follows from its seed, and from where it is asked."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.done: list[int] = []
        self.mischief = (0.0, 0.0, 0.02, 0.1)[seed % 4]


class Later:
    """A value that is there in a turn of the loop; forgotten, nobody is warned."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Later"

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from asyncio.sleep(0).__await__()
        return self.value


class Text(str):
    """No ordinary text."""

    __slots__ = ()


def given(info: strawberry.Info) -> Any:
    """What a resolver gives."""
    by = Random(f"{info.context.seed} {info.path.as_list()}")  # noqa: S311 - guesses nothing
    if by.random() < info.context.mischief:
        raise by.choice((ValueError("raised"), GraphQLError("said", extensions={"code": "SAID"}), KeyError("k")))
    return _value(info._raw_info.return_type, by, info.context.mischief, len(info.path.as_list()))


def _value(kind: Any, by: Random, mischief: float, depth: int) -> Any:
    if by.random() < mischief:
        return by.choice(_WRONG)(lambda: _right(get_nullable_type(kind), by, mischief, depth))
    if not is_non_null_type(kind) and (by.random() < 0.15 or (depth > DEPTH and not is_list_type(kind))):
        return None
    return _right(get_nullable_type(kind), by, mischief, depth)


_WRONG: Any = (
    lambda _right: None,
    lambda _right: ValueError("given"),
    lambda _right: GraphQLError("given", extensions={"code": "GIVEN"}),
    lambda right: Later(right()),
    lambda right: Later(ValueError("later")),
    lambda _right: Text("another text"),
    lambda _right: by_the_way(),
    lambda _right: 10**12,
    lambda _right: True,
    lambda _right: inf,
    lambda _right: {"id": "a dictionary"},
    lambda right: [right()],
    lambda right: (each for each in [right()]),
    lambda right: strawberry.cast(Dog, Person.__new__(Person)),
    lambda right: Kitten(right()),
    lambda _right: derived(SCHEMA._schema.type_map["Stone"], 1, Random(0), lambda _: 1),  # noqa: S311 - as above
)


def by_the_way() -> Iterator[str]:
    """Nothing of any type."""
    return iter(())


class Kitten:
    """Looks like whatever it is made of, and is not of its class."""

    def __init__(self, like: Any) -> None:
        vars(self).update(getattr(like, "__dict__", {}))

    def __repr__(self) -> str:
        return "Kitten"


def _right(kind: Any, by: Random, mischief: float, depth: int) -> Any:
    if is_list_type(kind):
        number = by.randint(0, 3) if depth <= DEPTH else 0
        of = get_nullable_type(kind.of_type)
        if is_composite_type(of) and by.random() < 0.4:
            return _derived(of, number, by, mischief, depth)
        items = [_value(kind.of_type, by, mischief, depth + 1) for _ in range(number)]
        return tuple(items) if by.random() < 0.1 else items
    if is_abstract_type(kind):
        kind = by.choice(SCHEMA._schema.get_possible_types(kind))
    if is_object_type(kind):
        return _object(kind, by, mischief, depth)
    return _leaf(kind, by)


def _derived(kind: Any, number: int, by: Random, mischief: float, depth: int) -> Any:
    of = by.choice(SCHEMA._schema.get_possible_types(kind)) if is_abstract_type(kind) else kind
    return derived(of, number, by, lambda of: _value(of, by, mischief, depth + 2))


def _object(kind: GraphQLObjectType, by: Random, mischief: float, depth: int) -> Any:
    definition = kind.extensions["strawberry-definition"]
    made = definition.origin.__new__(definition.origin)
    for field in definition.fields:
        if not field.base_resolver:
            name = SCHEMA.config.name_converter.from_field(field)
            setattr(made, field.python_name, _value(kind.fields[name].type, by, mischief, depth + 1))
    return made


def _leaf(kind: Any, by: Random) -> Any:
    if isinstance(kind, GraphQLEnumType):
        return by.choice([*{"Colour": Colour, "Mood": Mood}[kind.name]])
    moment = datetime(2026, 1, 1 + by.randrange(28), tzinfo=UTC)
    return {
        "ID": str(by.randrange(99)),
        "String": by.choice(("Ada", "", "ß\u2028😀")),
        "Int": by.randrange(-9, 99),
        "Float": by.random(),
        "Boolean": by.random() < 0.5,
        "Even": by.randrange(1, 50) * 2,
        "JSON": by.choice(({"a": [1, None]}, [], "x")),
        "DateTime": moment,
    }[kind.name]
