"""For an application that embeds the service: who is signed in, as a FastAPI dependency."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request

from gql_users.errors import Unauthenticated, Unavailable
from gql_users.services import Services
from gql_users.web.requests import actor_of


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """Who sends a request, as the database says at this moment."""

    id: int
    email: str
    username: str | None
    name: str
    is_admin: bool
    session_id: UUID


def current_user(identity: FastAPI) -> Callable[[Request], Awaitable[CurrentUser]]:
    """A dependency for routes of the application that mounts `identity`, which `create_app` made.

    It gives the owner of the request's bearer token, and answers 401 with `WWW-Authenticate` (RFC 6750) when there is
    none or its session is over, and 503 while the database is away:

        identity = create_app()
        app.mount("/identity", identity)
        SignedIn = Annotated[CurrentUser, Depends(current_user(identity))]
    """
    services: Services = identity.state.services

    async def dependency(request: Request) -> CurrentUser:
        try:
            return await _who_sends(request, services)
        except Unauthenticated as refusal:
            challenge = "Bearer" + (' error="invalid_token"' if refusal.reason is not None else "")
            raise HTTPException(401, refusal.message, {"WWW-Authenticate": challenge}) from refusal
        except Unavailable as refusal:
            raise HTTPException(503, refusal.message, {"Retry-After": str(refusal.retry_after_seconds)}) from refusal

    return dependency


async def _who_sends(request: Request, services: Services) -> CurrentUser:
    """Raises Unauthenticated and Unavailable."""
    actor = await actor_of(request, services)
    user = await services.directory.me(actor)
    if user is None or actor.session_id is None:
        raise Unauthenticated
    return CurrentUser(user.id, user.email, user.username, user.name, user.is_admin, actor.session_id)
