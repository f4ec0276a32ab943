"""Documents over any schema, with the variables they are sent with: what nobody would write, and somebody sends."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
)


class Writer:
    """Writes one document. The same seed, the same document."""

    def __init__(self, schema: GraphQLSchema, seed: int, known: Mapping[str, Sequence[Any]] | None = None) -> None:
        self.schema = schema
        self.by = Random(seed)  # noqa: S311 - guesses nothing
        self.roots = schema.query_type, schema.mutation_type
        self.known = known or {}
        # Every other document asks little of resolvers below the root.
        self.plainly = self.by.random() < 0.5
        self.variables: dict[str, tuple[str, Any, str]] = {}
        self.fragments: list[str] = []
        self.names = 0

    def document(self, roots: Sequence[str] | None = None, operation: str = "query") -> tuple[str, dict[str, Any]]:
        """The text, and the variables."""
        root = self.roots[operation == "mutation"]
        selection = self._selection(root, self.by.randint(2, 4), self.by.choice((1, 1, 1, 2, 3)), roots)
        declared = ", ".join(f"${name}: {kind}{default}" for name, (kind, _, default) in self.variables.items())
        sent = {name: value for name, (_, value, _) in self.variables.items() if value is not Ellipsis}
        head = f"{operation} Asked" + (f"({declared})" if declared else "")
        return " ".join([head, selection, *self.fragments]), sent

    def _selection(self, kind: Any, depth: int, parts: int = 0, roots: Sequence[str] | None = None) -> str:
        number = parts or self.by.randint(1, 4)
        return "{ " + " ".join(self._part(kind, depth, roots) for _ in range(number)) + " }"

    def _part(self, kind: Any, depth: int, roots: Sequence[str] | None) -> str:
        chance = self.by.random()
        if chance < 0.06:
            return f"{self._alias()}__typename{self._directives()}"
        if chance < 0.2 and depth > 1 and roots is None:
            narrower = self._narrower(kind)
            return f"... on {narrower.name}{self._directives()} {self._selection(narrower, depth - 1)}"
        if chance < 0.23 and depth > 1:
            return f"...{self._directives()} {self._selection(kind, depth - 1, 1, roots)}"
        if chance < 0.3 and depth > 1 and roots is None:
            return f"...{self._fragment(kind, depth)}{self._directives()}"
        return self._field(kind, depth, roots)

    def _narrower(self, kind: Any) -> Any:
        choices = [kind]
        if is_abstract_type(kind):
            choices += self.schema.get_possible_types(kind)
        if is_object_type(kind):
            choices += kind.interfaces
        return self.by.choice(choices)

    def _fragment(self, kind: Any, depth: int) -> str:
        narrower = self._narrower(kind)
        self.names += 1
        name = f"F{self.names}"
        self.fragments.append(f"fragment {name} on {narrower.name} {self._selection(narrower, depth - 1)}")
        return name

    def _field(self, kind: Any, depth: int, roots: Sequence[str] | None) -> str:
        fields = {
            name: field
            for name, field in getattr(kind, "fields", {}).items()
            if (roots is None or name in roots)
            and (depth > 0 or not is_composite_type(get_named_type(field.type)))
            and not (self.plainly and field.args and kind not in self.roots)
        }
        if not fields:
            return "__typename"
        name = self.by.choice([*fields])
        field = fields[name]
        arguments = self._arguments(field.args)
        alias = self._alias(must=bool(field.args))
        of = get_named_type(field.type)
        inside = f" {self._selection(of, depth - 1)}" if is_composite_type(of) else ""
        return f"{alias}{name}{arguments}{self._directives()}{inside}"

    def _alias(self, *, must: bool = False) -> str:
        """One of its own, without which fields with different arguments would meet."""
        if must or self.by.random() < 0.2:
            self.names += 1
            return f"a{self.names}: "
        return ""

    def _directives(self) -> str:
        if self.by.random() > 0.08:
            return ""
        value = self.by.choice(("true", "false", None))
        if value is None:
            value = self._declared("Boolean!", self.by.random() < 0.5)
        return f" @{self.by.choice(('skip', 'include'))}(if: {value})"

    def _arguments(self, arguments: dict[str, Any]) -> str:
        given = [
            f"{name}: {self._given(argument.type)}"
            for name, argument in arguments.items()
            if is_required_argument(argument) or self.by.random() < 0.4
        ]
        return f"({', '.join(given)})" if given else ""

    def _given(self, kind: Any, depth: int = 3) -> str:
        """A literal, or a variable, or a literal with variables in it."""
        if self.by.random() < 0.4:
            return self._declared(str(kind), self._json(kind, depth))
        if not is_non_null_type(kind) and self.by.random() < 0.1:
            return "null"
        kind = get_nullable_type(kind)
        if is_list_type(kind):
            items = [self._given(kind.of_type, depth - 1) for _ in range(self.by.randint(0, 2))]
            return f"[{', '.join(items)}]"
        if is_input_object_type(kind):
            return (
                "{" + ", ".join(f"{name}: {self._given(of, depth - 1)}" for name, of in self._fields(kind, depth)) + "}"
            )
        if is_enum_type(kind):
            return str(self.by.choice([*kind.values]))
        return json.dumps(self._leaf(kind))

    def _declared(self, kind: str, value: Any) -> str:
        for name, (other, _, _) in self.variables.items():
            if other == kind and self.by.random() < 0.3:
                return f"${name}"
        name = f"v{len(self.variables)}"
        default = ""
        if self.by.random() < 0.15 and not isinstance(value, dict | list | str) and value is not None:
            default = f" = {json.dumps(value)}"
        if self.by.random() < 0.05:
            value = Ellipsis  # not sent
        elif self.by.random() < 0.02:
            value = self.by.choice((None, "wrong", 3, 2**40, True, [], {}, {"wrong": 1}, 1.5, ["x"], [[[]]]))
        self.variables[name] = kind, value, default
        return f"${name}"

    def _json(self, kind: Any, depth: int) -> Any:
        if not is_non_null_type(kind) and self.by.random() < 0.1:
            return None
        kind = get_nullable_type(kind)
        if is_list_type(kind):
            return [self._json(kind.of_type, depth - 1) for _ in range(self.by.randint(0, 2))]
        if is_input_object_type(kind):
            return {name: self._json(of, depth - 1) for name, of in self._fields(kind, depth)}
        if is_enum_type(kind):
            return self.by.choice([*kind.values])
        return self._leaf(kind)

    def _fields(self, kind: Any, depth: int) -> list[tuple[str, Any]]:
        definition = kind.extensions.get("strawberry-definition")
        fields = {
            name: field.type
            for name, field in kind.fields.items()
            if depth > 0 or not is_input_object_type(get_named_type(field.type))
        }
        if getattr(definition, "is_one_of", False):
            name = self.by.choice([*fields])
            kind_of = fields[name]
            return [(name, kind_of)]
        return [
            (name, of)
            for name, of in fields.items()
            if is_required_input_field(kind.fields[name]) or self.by.random() < 0.3
        ]

    def _leaf(self, kind: Any) -> Any:
        if kind.name in self.known and self.by.random() < 0.8:
            return self.by.choice(self.known[kind.name])
        choices = {
            "ID": ("1", "x", "VXNlcjox"),
            "String": ("Ada", "", "a"),
            "Int": (0, 1, 2, 3, 50),
            "Float": (1.5, 0.0, -1.0),
            "Boolean": (True, False),
            "Even": (2, 4, 3),
            "BigInt": (1, 2, "3"),
            "JSON": ("x", 1),
            "DateTime": ("2026-01-31T12:00:00Z", "2026-01-31"),
        }
        return self.by.choice(choices[kind.name])
