"""Refusals become payload errors or top-level errors with a code; surprises stay hidden behind a request id."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

from graphql import GraphQLError, GraphQLSyntaxError
from starlette.responses import JSONResponse
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from gql_users.errors import (
    Conflict,
    ErrorCode,
    Forbidden,
    InputRefused,
    NotAuthentic,
    NotFound,
    RateLimited,
    Refusal,
    Unauthenticated,
    Unavailable,
    VersionMismatch,
)
from gql_users.graphql.context import Info
from gql_users.graphql.limits import TooComplexError
from gql_users.graphql.messages import without_values
from gql_users.graphql.types.mutation_error import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    MutationError,
    NotFoundError,
    RateLimitedError,
    ValidationError,
)
from gql_users.web.failures import Failure

log = logging.getLogger("gql_users.graphql")

# What a payload can tell. Everything else is not about the input, and goes to the top level.
_IN_PAYLOADS: dict[type[Refusal], type[MutationError]] = {
    InputRefused: ValidationError,
    Conflict: ConflictError,
    NotFound: NotFoundError,
    Forbidden: ForbiddenError,
    NotAuthentic: AuthenticationError,
    RateLimited: RateLimitedError,
}


class Payload(Protocol):
    """What every mutation answers with."""

    errors: list[MutationError]


InputT = TypeVar("InputT")
PayloadT = TypeVar("PayloadT", bound=Payload)
Resolver = Callable[[Info, InputT], Awaitable[PayloadT]]


def refusals_in(
    payload: Callable[..., PayloadT],
) -> Callable[[Resolver[InputT, PayloadT]], Resolver[InputT, PayloadT]]:
    """Make a mutation answer refusals in its payload's `errors`, each with the path of the input to blame."""

    def decorate(resolver: Resolver[InputT, PayloadT]) -> Resolver[InputT, PayloadT]:
        @wraps(resolver)
        async def answered(info: Info, input: InputT) -> PayloadT:
            try:
                await info.context.begin_deed()
                return await resolver(info, input)
            except Refusal as refusal:
                errors = [_payload_error(each) for each in refusal.each()]
                if None in errors:
                    raise
                return payload(errors=errors)

        return answered

    return decorate


def _payload_error(refusal: Refusal) -> MutationError | None:
    kind = next((kind for cause, kind in _IN_PAYLOADS.items() if isinstance(refusal, cause)), None)
    if kind is None:
        return None
    path = ["input", *map(_camel_case, refusal.field)] if refusal.field is not None else None
    if isinstance(refusal, VersionMismatch):
        return ConflictError(
            code=refusal.code, message=refusal.message, path=path, current_version=refusal.current_version
        )
    if isinstance(refusal, RateLimited):
        return RateLimitedError(
            code=refusal.code, message=refusal.message, path=path, retry_after_seconds=refusal.retry_after_seconds
        )
    return kind(code=refusal.code, message=refusal.message, path=path)


def formatted(result: ExecutionResult, request_id: str) -> list[dict[str, Any]]:
    """The errors of an answer, as clients may see them."""
    before_execution = isinstance(result, PreExecutionError)
    return [_formatted(error, request_id, before_execution=before_execution) for error in result.errors or ()]


def _formatted(error: GraphQLError, request_id: str, *, before_execution: bool) -> dict[str, Any]:
    answer: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, Refusal):
        answer |= refused(cause)
    elif isinstance(error, TooComplexError):
        answer["extensions"] = {"code": "QUERY_TOO_COMPLEX"}
    elif before_execution:
        too_deep = isinstance(cause, RecursionError)
        unreadable = too_deep or isinstance(error, GraphQLSyntaxError)
        answer["message"] = "The document is nested too deeply." if too_deep else without_values(error.message)
        answer["extensions"] = {"code": "GRAPHQL_PARSE_FAILED" if unreadable else "GRAPHQL_VALIDATION_FAILED"}
    elif cause is None or error.path is None:
        # The engine could not make a value of what was sent.
        answer["message"] = without_values(error.message)
        answer["extensions"] = {"code": ErrorCode.BAD_USER_INPUT}
    else:
        log.error("unexpected failure", exc_info=cause, extra={"request_id": request_id, "path": error.path})
        answer["message"] = "Something went wrong on our side."
        answer["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    return answer


def refused(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the message and extensions of a top-level error."""
    extensions: dict[str, Any] = {"code": refusal.code}
    if isinstance(refusal, Unauthenticated) and refusal.reason is not None:
        extensions["reason"] = refusal.reason
    if isinstance(refusal, Unavailable):
        extensions["retryAfterSeconds"] = refusal.retry_after_seconds
    return {"message": refusal.message, "extensions": extensions}


def request_failed(failure: Failure) -> JSONResponse:
    """A failure of the request itself, in the shape of a GraphQL answer."""
    extensions: dict[str, Any] = {"code": failure.code}
    if failure.request_id is not None:
        extensions["requestId"] = failure.request_id
    body = {"errors": [{"message": failure.message, "extensions": extensions}]}
    return JSONResponse(body, failure.status, failure.headers)


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
