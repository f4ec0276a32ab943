"""Failures, before they take a shape: each part of the service tells of them as its clients expect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from gql_users.errors import ErrorCode

# What HTTP itself refuses, in the same language.
_CODES: dict[int, str] = {
    400: ErrorCode.BAD_USER_INPUT,
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "BODY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: ErrorCode.INVALID,
    429: ErrorCode.RATE_LIMITED,
    500: "INTERNAL_SERVER_ERROR",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one part of a request."""

    code: str
    location: Sequence[str | int]
    message: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request was not answered as asked, before it takes the shape of a contract."""

    status: int
    code: str
    message: str
    problems: Sequence[Problem] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    request_id: str | None = None


Shape: TypeAlias = Callable[[Failure], Response]
"""How a contract tells of a failure."""


def plain(failure: Failure) -> JSONResponse:
    """As FastAPI does: `{"detail": …}`, with the code beside it; a list of problems for what is not valid."""
    if failure.problems:
        detail = [{"type": each.code.lower(), "loc": each.location, "msg": each.message} for each in failure.problems]
        return JSONResponse({"detail": detail}, failure.status, failure.headers)
    body = {"detail": failure.message, "code": failure.code}
    if failure.request_id is not None:
        body["requestId"] = failure.request_id
    return JSONResponse(body, failure.status, failure.headers)


class Shapes:
    """Which part of the service tells of failures in which shape, by the beginning of the path."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._shapes = shapes

    def answer(self, scope: Scope, failure: Failure) -> Response:
        """The failure in the shape of the part that was asked."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        inside = (shape for part, shape in self._shapes.items() if path == part or path.startswith(part + "/"))
        return next(inside, plain)(failure)

    def refuse(self, scope: Scope, status: int, message: str, request_id: str | None = None) -> Response:
        """The answer to a request that was stopped before any route, or broke inside one."""
        return self.answer(scope, of_http(status, message, request_id=request_id))


def code_of(status: int) -> str:
    """The code of what HTTP refuses with this status."""
    return _CODES.get(status, str(status))


def of_http(
    status: int, message: str, *, headers: Mapping[str, str] | None = None, request_id: str | None = None
) -> Failure:
    """A failure that HTTP has a status for."""
    return Failure(status, code_of(status), message, headers=headers or {}, request_id=request_id)
