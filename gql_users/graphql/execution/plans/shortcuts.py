"""What is known in advance of the answers to one operation, with certain values for @skip and @include."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLObjectType, GraphQLOutputType
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet

Complete: TypeAlias = Callable[[Any], Any]
"""Makes of a value what the answer holds. Raises something, and has changed nothing, when it is in any way unusual."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of objects of one type.

    `complete` answers all that are plain attributes, with None in place of the others; `pure` says that there are none,
    and that it knows by itself which objects are of the type.
    """

    complete: Complete
    others: GroupedFieldSet
    pure: bool


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """The fields at the root; what else was collected, as the interpreter remembers it; and what was compiled.

    `selections` are by the identity of their fields; `completions`, for what a resolver gives, by its type and the
    identity of its field.
    """

    root: GroupedFieldSet
    collected: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = field(
        default_factory=dict
    )
    selections: dict[int, Selection] = field(default_factory=dict)
    completions: dict[tuple[GraphQLOutputType, int], Complete] = field(default_factory=dict)
