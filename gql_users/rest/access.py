"""Who acts through the REST `/users` routes, whose contracts know no login."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from gql_users.access import OPERATOR, Actor, can_list, require
from gql_users.errors import BadUserInput
from gql_users.services import Services
from gql_users.web.requests import actor_of, client_of

# Makes the documentation's Authorize button; the header itself is read in one place, by `actor_of`.
bearer = HTTPBearer(auto_error=False, description="An access token, as `login` gives it.")


def services_of(request: Request) -> Services:
    """The services of this installation."""
    services: Services = request.app.state.services
    return services


def once_each(request: Request) -> None:
    """Refuse a parameter that is given more than once: which of its values was meant? Raises BadUserInput."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise BadUserInput("Each parameter is given once.")


async def acting(request: Request, services: Annotated[Services, Depends(services_of)]) -> Actor:
    """The actor, by the installation's choice: whoever comes, whoever is signed in, or admins.

    Raises Unauthenticated, and Forbidden for members where the door is for admins.
    """
    door = request.app.state.settings.rest_is_for
    if door == "open":
        return replace(OPERATOR, client=client_of(request.scope))
    actor = await actor_of(request, services)
    require(actor.is_admin if door == "admin" else not actor.is_anonymous, actor)
    return actor


async def signed_in(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    _documented: Annotated[object, Security(bearer)],
) -> Actor:
    """Whoever shows an access token. Raises Unauthenticated."""
    actor = await actor_of(request, services)
    require(not actor.is_anonymous, actor)
    return actor


async def administering(actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
    """Whoever shows an admin's access token. Raises Unauthenticated and Forbidden."""
    require(can_list(actor), actor)
    return actor


Serving = Annotated[Services, Depends(services_of)]
Acting = Annotated[Actor, Depends(acting)]
SignedIn = Annotated[Actor, Depends(signed_in)]
Administering = Annotated[Actor, Depends(administering)]
