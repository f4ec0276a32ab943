"""A plan: how one operation of a document is answered, each time that it is asked."""

from __future__ import annotations

from collections.abc import Awaitable

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Interpreter

from gql_users.graphql.execution.plans.judge import built, run
from gql_users.graphql.execution.plans.program import Program
from gql_users.graphql.execution.plans.variables import Sent


class Plan:
    """Answers one operation of a valid document: the first time by the interpreter, then compiled.

    What is asked once costs nothing more than ever.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._asked = schema, document, operation
        self._program: Program | None = None
        self._is_known = False

    def execute(self, sent: Sent, context: object) -> Awaitable[ExecutionResult]:
        """The answer, with these variables as they were sent. Raises WrongVariables, before anything is awaited."""
        if self._program is None:
            if not self._is_known:
                self._is_known = True
                return self.interpret(sent, context)
            self._program = Program(*self._asked)
        variables = self._program.variables.coerced(sent)
        answer = self._program.variant(variables)
        return self.interpret(sent, context) if answer is None else answer(variables, sent, context)

    def interpret(self, sent: Sent, context: object) -> Awaitable[ExecutionResult]:
        """The same, by the interpreter alone. Raises WrongVariables."""
        return run(built(Interpreter, *self._asked, sent, context))
