"""`/api/v1`: what letters are asked for, and what they let their readers do."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gql_users.rest.access import Serving, SignedIn
from gql_users.rest.v1.bodies import AskingForLetter, MovingAddress, ResettingPassword, Showing
from gql_users.rest.v1.envelope import Wrapping
from gql_users.web.requests import client_of


def routes(wrapping: Wrapping) -> APIRouter:
    """Recovering an account, verifying an address, moving to another one."""
    routes = APIRouter(tags=["v1: letters"])
    nothing = wrapping.model(None)
    asking = wrapping.failures(_422="Not valid.", _429="Asked for too often.", _503="Not now.")
    showing = wrapping.failures(
        _401="The link or code is not good any more.", _422="Not valid.", _429="Too many attempts.", _503="Not now."
    )
    moving = showing | wrapping.failures(_409="In use.")

    @routes.post(
        "/auth/password-reset", status_code=202, summary="I forgot it", response_model=nothing, responses=asking
    )
    async def request_password_reset(body: AskingForLetter, request: Request, services: Serving) -> Any:
        """A letter, if anybody has this address. Answers alike for every address."""
        await services.recovery.request(body.email, client_of(request.scope))
        return wrapping.wrap(None)

    @routes.post(
        "/auth/password-reset/confirm", summary="Take another password", response_model=nothing, responses=showing
    )
    async def reset_password(body: ResettingPassword, request: Request, services: Serving) -> Any:
        """By the token of the letter's link, or its code with the address. Every session ends."""
        await services.recovery.reset(body.shown(), body.new_password, client_of(request.scope))
        return wrapping.wrap(None)

    @routes.post(
        "/auth/email-verification",
        status_code=202,
        summary="Send the letter again",
        response_model=nothing,
        responses=asking,
    )
    async def request_email_verification(body: AskingForLetter, request: Request, services: Serving) -> Any:
        """A letter, if somebody has this address and has not verified it. Answers alike for every address."""
        await services.verification.request(body.email, client_of(request.scope))
        return wrapping.wrap(None)

    @routes.post("/auth/email-verification/confirm", summary="It is mine", response_model=nothing, responses=showing)
    async def verify_email(body: Showing, request: Request, services: Serving) -> Any:
        """By the token of the letter's link, or its code with the address."""
        await services.verification.verify(body.shown(), client_of(request.scope))
        return wrapping.wrap(None)

    @routes.post("/users/me/email", status_code=202, summary="I move", response_model=nothing, responses=showing)
    async def request_email_change(body: MovingAddress, services: Serving, actor: SignedIn) -> Any:
        """A letter to the new address; nothing changes until it is confirmed there."""
        await services.verification.request_change(actor, body.new_email, body.current_password)
        return wrapping.wrap(None)

    @routes.post("/auth/email-change/confirm", summary="I arrived", response_model=nothing, responses=moving)
    async def confirm_email_change(body: Showing, request: Request, services: Serving) -> Any:
        """By the token of the letter's link, or its code with the new address. The old address is told."""
        await services.verification.confirm_change(body.shown(), client_of(request.scope))
        return wrapping.wrap(None)

    return routes
