"""Refusals and malformed requests as REST answers: one table from code to status."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from gql_users.errors import BadUserInput, ErrorCode, RateLimited, Refusal, Unauthenticated, Unavailable
from gql_users.web.failures import Failure, Problem, Shapes, of_http

STATUS: dict[ErrorCode, int] = {
    ErrorCode.INVALID: 422,
    ErrorCode.WEAK_PASSWORD: 422,
    ErrorCode.BAD_USER_INPUT: 422,
    ErrorCode.EMAIL_TAKEN: 409,
    ErrorCode.USERNAME_TAKEN: 409,
    ErrorCode.VERSION_MISMATCH: 409,
    ErrorCode.LAST_ADMIN: 409,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.INVALID_CREDENTIALS: 401,
    ErrorCode.EMAIL_UNVERIFIED: 401,
    ErrorCode.TOKEN_INVALID: 401,
    ErrorCode.TOKEN_EXPIRED: 401,
    ErrorCode.TOKEN_REUSED: 401,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
}


def install(app: FastAPI, shapes: Shapes) -> None:
    """Teach the application to tell of refusals, malformed requests and unknown paths in these shapes."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return shapes.answer(request.scope, _of_refusal(refusal))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        # The framework would repeat the value that was sent, which may be a password.
        problems = [Problem(each["type"], each["loc"], each["msg"]) for each in error.errors()]
        failure = Failure(422, ErrorCode.INVALID, "The request is not valid.", problems)
        return shapes.answer(request.scope, failure)

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # the framework's word for bytes that are not even text
            unreadable = Problem("json_invalid", ["body"], "The body is not readable as JSON.")
            return shapes.answer(request.scope, Failure(422, ErrorCode.INVALID, unreadable.message, [unreadable]))
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return shapes.answer(request.scope, of_http(error.status_code, error.detail, headers=headers))


def _allowed(request: Request) -> str:
    """What can be done with this path (RFC 9110, 10.2.1): the framework names only what its first route allows."""
    methods = ("DELETE", "GET", "PATCH", "POST", "PUT")
    asked = ((method, {**request.scope, "method": method}) for method in methods)
    return ", ".join(
        method for method, scope in asked if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    )


def _of_refusal(refusal: Refusal) -> Failure:
    status = STATUS[refusal.code]
    problems: list[Problem] = []
    if status == 422:
        where = "query" if isinstance(refusal, BadUserInput) else "body"
        problems = [Problem(each.code, [where, *(each.field or ())], each.message) for each in refusal.each()]
    return Failure(status, refusal.code, refusal.message, problems, _headers(refusal))


def _headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, Unavailable | RateLimited):
        return {"Retry-After": str(refusal.retry_after_seconds)}
    if isinstance(refusal, Unauthenticated):
        # RFC 6750, 3.1: the reason only when a token was shown.
        return {"WWW-Authenticate": "Bearer" + (' error="invalid_token"' if refusal.reason is not None else "")}
    return {}


def answers(shape: type[Any], **meanings: str) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI is told of failures: statuses as `_404="No such user"`, told in the given shape."""
    return {int(status[1:]): {"model": shape, "description": meaning} for status, meaning in meanings.items()}
