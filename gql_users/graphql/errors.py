"""Refusals become payload errors or top-level errors with a code; surprises stay hidden behind a request id."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, Protocol, TypeVar

from graphql import GraphQLError, GraphQLSyntaxError
from starlette.responses import JSONResponse

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
from gql_users.graphql.execution.engine import RequestRefused, VariablesRefused
from gql_users.graphql.execution.too_complex import TooComplexError
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


def formatted(errors: Iterable[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors of an execution, as clients may see them."""
    return [_formatted(error, request_id) for error in errors]


def _formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, Refusal):
        answer |= refused(cause)
        # Nobody asks where it was raised; what holds everything from there to here would be garbage to be searched for.
        error.__traceback__ = cause.__traceback__ = None
    elif cause is None or error.path is None:
        # The engine could not make a value of what was sent.
        answer["message"] = without_values(error.message)
        answer["extensions"] = {"code": ErrorCode.BAD_USER_INPUT}
    else:
        log.error("unexpected failure", exc_info=cause, extra={"request_id": request_id, "path": error.path})
        answer["message"] = "Something went wrong on our side."
        answer["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    return answer


def request_errors(refusal: RequestRefused, request_id: str) -> list[dict[str, Any]]:
    """Why nothing was executed, as clients may see it."""
    return [_request_error(error, refusal, request_id) for error in refusal.errors]


def _request_error(error: GraphQLError, refusal: RequestRefused, request_id: str) -> dict[str, Any]:
    if error.path is not None:  # a stream that did not begin
        return _formatted(error, request_id)
    if isinstance(refusal, VariablesRefused):
        code: str = ErrorCode.BAD_USER_INPUT
    elif isinstance(error, TooComplexError):
        code = "QUERY_TOO_COMPLEX"
    elif isinstance(error, GraphQLSyntaxError):
        code = "GRAPHQL_PARSE_FAILED"
    else:
        code = (error.extensions or {}).get("code", "GRAPHQL_VALIDATION_FAILED")
    return {**error.formatted, "message": without_values(error.message), "extensions": {"code": code}}


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
