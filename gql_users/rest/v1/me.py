"""`/api/v1/users/me`: one's own account."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from gql_users.errors import NotFound
from gql_users.rest.access import Serving, SignedIn
from gql_users.rest.v1.bodies import ChangingPassword, ChangingProfile, User
from gql_users.rest.v1.envelope import Wrapping


def routes(wrapping: Wrapping) -> APIRouter:
    """Reading, changing and closing one's own account."""
    routes = APIRouter(prefix="/users/me", tags=["v1: one's own account"])
    a_user = wrapping.model(User)
    reading = wrapping.failures(_401="Not signed in.", _503="Not now.")
    guessing = wrapping.failures(_401="Not signed in.", _422="Not valid.", _429="Too many attempts.", _503="Not now.")
    changing = wrapping.failures(_401="Not signed in.", _409="In use.", _422="Not valid.", _503="Not now.")

    @routes.get("", summary="Who am I?", response_model=a_user, responses=reading)
    async def me(services: Serving, actor: SignedIn) -> Any:
        """The account of the access token; a refresh token is not accepted here."""
        user = await services.directory.me(actor)
        if user is None:
            raise NotFound
        return wrapping.wrap(User.of(user))

    @routes.patch("", summary="Change my profile", response_model=a_user, responses=changing)
    async def change(body: ChangingProfile, services: Serving, actor: SignedIn) -> Any:
        """What is mentioned changes, the rest stays."""
        return wrapping.wrap(User.of(await services.profiles.patch(actor, actor.user_id or 0, body.said().profile)))

    @routes.post("/password", summary="Change my password", response_model=a_user, responses=guessing)
    async def password(body: ChangingPassword, services: Serving, actor: SignedIn) -> Any:
        """The present password is asked for; every other session ends."""
        changed = await services.passwords.change(actor, body.current_password, body.new_password)
        return wrapping.wrap(User.of(changed))

    @routes.post("/deactivate", summary="Close my account", response_model=a_user, responses=changing)
    async def deactivate(services: Serving, actor: SignedIn) -> Any:
        """Every session ends; an admin can open the account again."""
        return wrapping.wrap(User.of(await services.administration.deactivate(actor, actor.user_id or 0)))

    return routes
