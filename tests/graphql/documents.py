"""Documents that nobody would write: any fields, under few names, in fragments of fragments."""

from __future__ import annotations

import random

from graphql import build_schema, get_named_type, is_composite_type

SCHEMA = build_schema(
    """
    type Query { pet: Pet, dog: Dog, cat: Cat, pets: [Pet] }
    interface Pet { name: String, age: Int, owner: Person, knows(a: Int, b: Int): Boolean }
    type Dog implements Pet {
        name: String, nick: String, age: Int, owner: Person, friends: [Pet], knows(a: Int, b: Int): Boolean
    }
    type Cat implements Pet {
        name: String, nick: String, age: Int, always: String!, owner: Person, keeper: Person, friends: [Pet!],
        knows(a: Int, b: Int): Boolean
    }
    type Person { name: String, age: Int, pets: [Pet], pet: Pet }
    """
)

# What a fragment can be on, wherever one of these stands.
_NARROWER = {"Pet": ("Pet", "Dog", "Cat"), "Dog": ("Dog", "Pet"), "Cat": ("Cat", "Pet")}


def document(seed: int) -> str:
    """A document that is valid but for, perhaps, what merges."""
    by = random.Random(seed)  # noqa: S311 - guesses nothing, and shall be the same each time
    fragments = [(f"F{number}", by.choice(("Pet", "Dog", "Cat", "Person"))) for number in range(3)]
    texts = [
        f"fragment {name} on {kind} {_selection(by, kind, 2, fragments[number + 1 :])}"
        for number, (name, kind) in enumerate(fragments)
    ]
    # Each fragment is spread once at least, in a place of its own.
    spread = [
        f"of{name}: pet {{ ...{name} }}" if kind != "Person" else f"of{name}: pet {{ owner {{ ...{name} }} }}"
        for name, kind in fragments
    ]
    return " ".join(["{", *spread, _selection(by, "Query", 3, fragments)[1:], *texts])


def _selection(by: random.Random, kind: str, depth: int, fragments: list[tuple[str, str]]) -> str:
    return "{ " + " ".join(_part(by, kind, depth, fragments) for _ in range(by.randint(1, 3))) + " }"


def _part(by: random.Random, kind: str, depth: int, fragments: list[tuple[str, str]]) -> str:
    chance = by.random()
    here = [name for name, on in fragments if on in _NARROWER.get(kind, (kind,))]
    if chance < 0.2 and here:
        return f"...{by.choice(here)}"
    if chance < 0.4 and kind != "Query":
        narrower = by.choice(_NARROWER.get(kind, (kind,)))
        return f"... on {narrower} {_selection(by, narrower, depth, fragments)}"
    return _field(by, kind, depth, fragments)


def _field(by: random.Random, kind: str, depth: int, fragments: list[tuple[str, str]]) -> str:
    of = SCHEMA.get_type(kind)
    fields = {
        name: get_named_type(field.type)
        for name, field in of.fields.items()  # type: ignore[union-attr]  # every name here is of an object or interface
        if depth or not is_composite_type(get_named_type(field.type))
    }
    if not fields:
        return "__typename"
    name = by.choice([*fields])
    alias = by.choice(("", "", "", "", "x: "))
    arguments = by.choice(("", "", "(a: 1)", "(a: 2)")) if name == "knows" else ""
    below = fields[name]
    inside = _selection(by, below.name, depth - 1, fragments) if is_composite_type(below) else ""
    return f"{alias}{name}{arguments} {inside}"
