"""An operation that is compiled, for each way that the variables of its @skip and @include are set."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails

from gql_users.graphql.execution.plans.compiler import Compiler
from gql_users.graphql.execution.plans.judge import Judge, built, run
from gql_users.graphql.execution.plans.root import RootField
from gql_users.graphql.execution.plans.unusual import Unusual
from gql_users.graphql.execution.plans.variables import Sent, Variables

log = logging.getLogger(__name__)

Answer: TypeAlias = Callable[[dict[str, Any], Sent, object], Awaitable[ExecutionResult]]

# Four variables can be set in so many ways; what more of them together ask for is left to the interpreter.
MOST_VARIANTS = 16

# How much of a document is compiled over all variants, as the compiler counts. That is for one kilobyte each, and eight
# characters of a parsed document take as much: however it is written, a plan is little more than what it is made from.
ALWAYS = 60
CHARACTERS_FOR_ONE = 8


class Program:
    """What is known of an operation. `variables` are its variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.document = document
        self.operation = operation
        self.variables = Variables(schema, operation)
        self._directives = _Directives()
        visit(document, self._directives)
        self._variants: dict[tuple[Any, ...], Answer | None] = {}
        self._left = ALWAYS + (document.loc.end // CHARACTERS_FOR_ONE if document.loc else 0)

    def variant(self, variables: dict[str, Any]) -> Answer | None:
        """What answers with these variables; None when the interpreter has to."""
        names = self._directives.variables
        key = tuple([variables.get(name) for name in names]) if names else ()
        if key in self._variants:
            return self._variants[key]
        if len(self._variants) >= MOST_VARIANTS or None in key:
            return None
        switches = {name: variables[name] for name in self._directives.variables}
        answer = self._variants[key] = self._compiled(switches)
        return answer

    def _compiled(self, switches: dict[str, bool]) -> Answer | None:
        if self._directives.has_others or self._left <= 0:
            return None
        try:
            compiler = Compiler(self.schema, self._fragments(), self.operation, switches, self._left)
            self._left -= compiler.size
            return self._answer(compiler)
        except Exception:
            log.exception("a document could not be compiled")
            return None

    def _answer(self, compiler: Compiler) -> Answer:
        def make(sent: Sent, context: object) -> Judge:
            judge = built(Judge, self.schema, self.document, self.operation, sent, context)
            judge.take(compiler.shortcuts)
            return judge

        async def answer(_variables: dict[str, Any], sent: Sent, context: object) -> ExecutionResult:
            return await run(make(sent, context))

        try:
            return RootField(self.schema, compiler.root_type, compiler.shortcuts, make).answer
        except Unusual:
            return answer

    def _fragments(self) -> dict[str, FragmentDetails]:
        return {
            each.name.value: FragmentDetails(each)
            for each in self.document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }


class _Directives(Visitor):
    """Finds the variables of a document's @skip and @include, and whether there are other directives."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: dict[str, None] = {}
        self.has_others = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Look at one."""
        self.has_others |= node.name.value not in {"skip", "include"}
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.variables[argument.value.name.value] = None
