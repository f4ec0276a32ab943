"""`/api/v1/admin/users`: looking after everybody."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from gql_users.criteria import Order, OrderField, UserFilter
from gql_users.errors import NotFound
from gql_users.paging import LARGEST_PAGE, PAGE_SIZE, PageRequest
from gql_users.rest.access import Administering, Serving
from gql_users.rest.v1.bodies import User
from gql_users.rest.v1.envelope import Wrapping

UserId = Annotated[int, Path(description="The number of the user.", examples=[1])]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many to show.")]
After = Annotated[str | None, Query(description="Where to go on: from the `Link` header of the page before.")]
Search = Annotated[str | None, Query(description="Part of a name, username or address.")]


def routes(wrapping: Wrapping) -> APIRouter:
    """Finding, closing and opening accounts; for admins."""
    routes = APIRouter(prefix="/admin/users", tags=["v1: administration"])
    a_user = wrapping.model(User)
    for_admins = {"_401": "Not signed in.", "_403": "Not an admin.", "_422": "Not valid.", "_503": "Not now."}
    listing = wrapping.failures(**for_admins)
    one = wrapping.failures(**for_admins, _404="There is no such user.")
    changing = wrapping.failures(**for_admins, _404="There is no such user.", _409="The last admin.")

    @routes.get("", summary="List users", response_model=wrapping.model(list[User]), responses=listing)
    async def page(
        request: Request,
        response: Response,
        services: Serving,
        actor: Administering,
        limit: Limit = PAGE_SIZE,
        after: After = None,
        search: Search = None,
    ) -> Any:
        """The newest first. Where there is more, the header `Link` has the address of the next page (RFC 8288)."""
        wanted = PageRequest(first=limit, after=after)
        found = await services.directory.page(actor, wanted, UserFilter(), Order(OrderField.CREATED_AT), search)
        if found.has_next and found.items:
            # Relative, because a client's Host header shall not decide where others send their tokens.
            following = request.url.include_query_params(after=found.cursor(found.items[-1])).query
            response.headers["Link"] = f'<?{following}>; rel="next"'
        return wrapping.wrap([User.of(user) for user in found.items])

    @routes.get("/{user_id}", summary="Show a user", response_model=a_user, responses=one)
    async def show(user_id: UserId, services: Serving, actor: Administering) -> Any:
        """One user."""
        user = await services.directory.find(actor, user_id)
        if user is None:
            raise NotFound
        return wrapping.wrap(User.of(user))

    @routes.post("/{user_id}/deactivate", summary="Close an account", response_model=a_user, responses=changing)
    async def deactivate(user_id: UserId, services: Serving, actor: Administering) -> Any:
        """Every session of it ends."""
        return wrapping.wrap(User.of(await services.administration.deactivate(actor, user_id)))

    @routes.post("/{user_id}/reactivate", summary="Open an account again", response_model=a_user, responses=changing)
    async def reactivate(user_id: UserId, services: Serving, actor: Administering) -> Any:
        """Its old sessions stay ended."""
        return wrapping.wrap(User.of(await services.administration.reactivate(actor, user_id)))

    return routes
