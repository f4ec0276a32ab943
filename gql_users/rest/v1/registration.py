"""`/api/v1/users`: an account of one's own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gql_users.rest.access import Serving
from gql_users.rest.v1.bodies import Registering, User
from gql_users.rest.v1.envelope import Wrapping
from gql_users.web.requests import client_of


def routes(wrapping: Wrapping) -> APIRouter:
    """Registering."""
    routes = APIRouter(prefix="/users", tags=["v1: registration"])

    @routes.post(
        "",
        status_code=201,
        summary="Register",
        response_model=wrapping.model(User | None),
        responses=wrapping.failures(
            _403="Registration is closed.",
            _409="In use.",
            _422="Not valid.",
            _429="Too many attempts.",
            _503="Not now.",
        ),
    )
    async def register(body: Registering, request: Request, services: Serving) -> Any:
        """Make an account of one's own. Sign in to it next. Where registration is quiet, no account is shown."""
        client, profile = client_of(request.scope), body.said().profile
        registered = await services.registration.register(body.email, body.password, profile, client)
        return wrapping.wrap(User.of(registered.user) if registered.user is not None else None)

    return routes
