"""Selections compiled to Python: a literal dictionary, attribute reads, the checks and serialisers in place."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from gql_users.graphql.execution.plans.attributes import attribute_of
from gql_users.graphql.execution.plans.derived import Derived
from gql_users.graphql.execution.plans.kinds import dispatch, object_check
from gql_users.graphql.execution.plans.leaves import PLAIN, Names, leaf
from gql_users.graphql.execution.plans.loops import Loops
from gql_users.graphql.execution.plans.rows import Rows
from gql_users.graphql.execution.plans.shortcuts import Complete, Selection, Shortcuts
from gql_users.graphql.execution.plans.unusual import Unusual


class Compiler:
    """Compiles one operation, with these values for its @skip and @include.

    Once its `size` reaches `most`, the rest is left to others. The root counts for ten, each field for one, and each
    type that fields are selected on for four, for each interface and for each spread of a fragment anew.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDetails],
        operation: OperationDefinitionNode,
        switches: dict[str, bool],
        most: int,
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.operation = operation
        self.values = VariableValues({}, switches)
        self.most = most
        self.size = 10
        self.root_type = cast("GraphQLObjectType", schema.get_root_type(operation.operation))
        root = collect_fields(schema, fragments, self.values, self.root_type, operation, hide_suggestions=True)
        self.shortcuts = Shortcuts(root.grouped_field_set)
        for details in self.shortcuts.root.values():
            self._field(self.root_type, details, "_", Names())

    def _field(self, parent: GraphQLObjectType, details: FieldDetailsList, v: str, names: Names) -> list[str] | None:
        """Lines that put what the field of the object `s` answers into the variable `v`; None when others must."""
        name = details[0].node.name.value
        field = self.schema.get_field(parent, name)
        if field is TypeNameMetaFieldDef:
            return [f"{v} = {parent.name!r}"]
        if field is None or name.startswith("__"):
            return None
        attribute = attribute_of(field)
        if attribute is None:
            complete = self._completion(field.type, details)
            if complete is not None:
                self.shortcuts.completions[field.type, id(details)] = complete
            return None
        lines = self._value(field.type, details, v, names)
        return [f"{v} = s.{attribute}", *lines] if lines is not None else None

    def _completion(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Complete | None:
        """A function that completes values of this type; None where others must."""
        if is_non_null_type(kind) and is_composite_type(kind.of_type):
            return self._composite(kind.of_type, details)
        names = Names(PLAIN=PLAIN, Unusual=Unusual)
        lines = self._value(kind, details, "s", names)
        return _function(names, [*lines, "return s"]) if lines is not None else None

    def _value(self, kind: GraphQLOutputType, details: FieldDetailsList, v: str, names: Names) -> list[str] | None:
        """Lines that complete the value in the variable `v`."""
        if is_non_null_type(kind):
            return self._certain(kind.of_type, details, v, names)
        lines = self._certain(kind, details, v, names)
        return _indented(f"if {v} is not None:", lines) if lines is not None else None

    def _certain(self, kind: Any, details: FieldDetailsList, v: str, names: Names) -> list[str] | None:
        """The same, for a value that must be there."""
        if is_leaf_type(kind):
            return leaf(kind, v, names)
        if is_list_type(kind):
            return self._list(kind.of_type, details, v, names)
        complete = self._composite(kind, details)
        return [f"{v} = {names.name(complete)}({v})"] if complete is not None else None

    def _list(self, kind: GraphQLOutputType, details: FieldDetailsList, v: str, names: Names) -> list[str] | None:
        complete = self._completion(kind, details)
        if complete is None:
            return None
        lines = [
            f"if type({v}) is not list and type({v}) is not tuple: raise Unusual",
            f"{v} = [{names.name(complete)}(x) for x in {v}]",
        ]
        if not is_object_type(get_nullable_type(kind)):
            return lines
        rows = Rows(self.schema, self._collected, self._value)
        loops = Loops(partial(rows.answer, kind, details), complete)
        derived = f"if type({v}) is {names.name(Derived)}: {v} = {names.name(loops)}({v})"
        return [derived, *_indented("else:", lines)]

    def _composite(self, kind: Any, details: FieldDetailsList) -> Complete | None:
        return self._abstract(kind, details) if is_abstract_type(kind) else self._object(kind, details)

    def _abstract(self, kind: GraphQLAbstractType, details: FieldDetailsList) -> Complete | None:
        names = Names(Unusual=Unusual)
        objects = {each: self._object(each, details) for each in self.schema.get_possible_types(kind)}
        known = {each: complete for each, complete in objects.items() if complete is not None}
        lines = dispatch(kind, known, names) if len(known) == len(objects) else None
        return _function(names, lines) if lines is not None else None

    def _object(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Complete | None:
        if self.size >= self.most:
            return None
        fields = self._collected(kind, details)
        selection = self.shortcuts.selections.get(id(fields))
        if selection is None:
            self.size += 4 + len(fields)
            selection = self.shortcuts.selections[id(fields)] = self._selection(kind, fields)
        return selection.complete if selection.pure else None

    def _collected(self, kind: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        known = self.shortcuts.collected
        if (kind, id(details)) not in known:
            collected = collect_subfields(
                self.schema, self.fragments, self.values, self.operation, kind, details, hide_suggestions=True
            )
            known[kind, id(details)] = details, collected
        return known[kind, id(details)][1].grouped_field_set

    def _selection(self, kind: GraphQLObjectType, fields: GroupedFieldSet) -> Selection:
        names = Names(PLAIN=PLAIN, Unusual=Unusual)
        check = object_check(kind, names)
        body, answer, others = [*(check or ())], [], {}
        for number, (response_name, details) in enumerate(fields.items()):
            v = f"v{number}"
            lines = self._field(kind, details, v, names)
            if lines is None:
                others[response_name] = details
            body += lines or [f"{v} = None"]
            answer.append(f"{response_name!r}: {v}")
        body.append(f"return {{{', '.join(answer)}}}")
        return Selection(_function(names, body), others, pure=check is not None and not others)


def _indented(head: str, lines: list[str]) -> list[str]:
    return [head, *(f"    {line}" for line in lines)]


def _function(names: Names, lines: list[str]) -> Complete:
    source = "\n".join(_indented("def complete(s):", lines))
    known: dict[str, Any] = {**names}  # of a subclass of dict, Python reads globals the slow way
    exec(compile(source, "<plan>", "exec"), known)  # noqa: S102 - of a client's text it holds names alone
    return cast("Complete", known["complete"])
