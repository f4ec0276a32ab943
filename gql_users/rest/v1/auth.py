"""`/api/v1/auth`: signing in, staying so, signing out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gql_users.rest.access import Serving
from gql_users.rest.v1.bodies import Refreshing, SigningIn, SigningOut, Tokens
from gql_users.rest.v1.envelope import Wrapping
from gql_users.web.requests import client_of


def routes(wrapping: Wrapping) -> APIRouter:
    """Signing in, refreshing and signing out."""
    routes = APIRouter(prefix="/auth", tags=["v1: sign-in"])
    failures = wrapping.failures(_401="The proof of identity does not hold.", _422="Not valid.", _503="Not now.")
    guessing = failures | wrapping.failures(_429="Too many attempts.")

    @routes.post("/login", summary="Sign in", response_model=wrapping.model(Tokens), responses=guessing)
    async def login(body: SigningIn, request: Request, services: Serving) -> Any:
        """A new session. Every failure looks the same."""
        client = client_of(request.scope)
        signed_in = await services.authentication.login(body.password, client, email=body.email, username=None)
        return wrapping.wrap(Tokens.of(signed_in.tokens))

    @routes.post("/refresh", summary="Stay signed in", response_model=wrapping.model(Tokens), responses=failures)
    async def refresh(body: Refreshing, request: Request, services: Serving) -> Any:
        """The next pair of tokens for a refresh token; an access token is not accepted here."""
        signed_in = await services.sessions.refresh(body.refresh_token, client_of(request.scope))
        return wrapping.wrap(Tokens.of(signed_in.tokens))

    @routes.post("/logout", summary="Sign out", response_model=wrapping.model(None), responses=failures)
    async def logout(body: SigningOut, request: Request, services: Serving) -> Any:
        """End this session, the others, or all."""
        await services.sessions.logout(body.refresh_token, body.scope, client_of(request.scope))
        return wrapping.wrap(None)

    return routes
