"""`/users` in the contract that was chosen: one router for all of them, over the same services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from functools import cache, partial
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path, Query, Security
from fastapi.responses import StreamingResponse

from gql_users import models
from gql_users.errors import NotFound
from gql_users.paging import LARGEST_PAGE
from gql_users.rest.access import Acting, Serving, bearer
from gql_users.rest.contracts import Contract
from gql_users.rest.contracts.contract import UserIn
from gql_users.services.accounts import UNSET

LARGEST_SKIP = 2**31 - 1

Endpoint: TypeAlias = Callable[..., Any]
UserId = Annotated[int, Path(description="The number of the user.", examples=[1])]
Skip = Annotated[int, Query(ge=0, le=LARGEST_SKIP, description="How many to pass over.")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many to show.")]


@cache  # the same for every application in the process, and slow to make
def router(contract: Contract, *, is_open: bool) -> APIRouter:
    """The routes of the contract, with and without a trailing slash; without a lock when the door is open."""
    locks = [] if is_open else [Security(bearer)]
    routes = APIRouter(prefix="/users", tags=["users"], dependencies=locks)
    add = partial(_add, routes, contract, everywhere=(503,) if is_open else (401, 403, 503))
    add("POST", contract.slash, _create(contract.new), "Make a user", failing=(400, 409), status_code=201)
    listing, failing = (_list_everybody(contract), (404,)) if contract.lists_everybody else (_list_page, ())
    add("GET", contract.slash, listing, "List users", failing=failing, response_model=list[contract.user])  # type: ignore[name-defined] # known only now
    add("GET", "/{user_id}", _show, "Show a user", failing=(404,))
    if contract.whole is not None:
        add("PUT", "/{user_id}", _change(contract.whole), "Replace a user", failing=(400, 404, 409))
    if contract.part is not None:
        add("PATCH", "/{user_id}", _change(contract.part), "Change a user", failing=(400, 404, 409))
    add("DELETE", "/{user_id}", _remove, "Remove a user", failing=(404, 409), status_code=204, response_model=None)
    return routes


def _add(
    routes: APIRouter,
    contract: Contract,
    method: str,
    path: str,
    endpoint: Endpoint,
    summary: str,
    *,
    everywhere: Iterable[int],
    failing: Iterable[int],
    **more: Any,
) -> None:
    """Answer both with and without a trailing slash, and document the contract's own way."""
    responses = {status: contract.failures[status] for status in (*everywhere, *failing) if status in contract.failures}
    options = {"methods": [method], "summary": summary, "response_model": contract.user, "responses": responses, **more}
    other = path.removesuffix("/") if path.endswith("/") else path + "/"
    routes.add_api_route(path, endpoint, **options)
    routes.add_api_route(other, endpoint, include_in_schema=False, **options)


def _create(kind: type[UserIn]) -> Endpoint:
    async def create(body: UserIn, services: Serving, actor: Acting) -> models.User:
        said = body.said()
        email = "" if said.email is UNSET else said.email
        password = None if said.password is UNSET else said.password
        return await services.administration.create(actor, email, said.profile, password=password)

    return _taking(kind, create)


def _change(kind: type[UserIn]) -> Endpoint:
    async def change(user_id: UserId, body: UserIn, services: Serving, actor: Acting) -> models.User:
        said = body.said()
        return await services.profiles.patch(
            actor, user_id, said.profile, email=said.email, is_active=said.is_active, password=said.password
        )

    return _taking(kind, change)


def _list_everybody(contract: Contract) -> Endpoint:
    async def everybody(services: Serving, actor: Acting) -> StreamingResponse:
        people = services.directory.everybody(actor)
        first = await anext(people, None)
        if first is None:
            raise NotFound(contract.when_nobody)
        return StreamingResponse(_as_array(contract, first, people), media_type="application/json")

    return everybody


async def _as_array(contract: Contract, first: models.User, others: AsyncIterator[models.User]) -> AsyncIterator[str]:
    """A JSON array, written while it is read: there may be more people than fit into memory."""
    yield "[" + contract.user.of(first).model_dump_json()
    async for user in others:
        yield "," + contract.user.of(user).model_dump_json()
    yield "]"


async def _list_page(services: Serving, actor: Acting, skip: Skip = 0, limit: Limit = 10) -> Any:
    return await services.directory.skip_to(actor, skip, limit)


async def _show(user_id: UserId, services: Serving, actor: Acting) -> models.User:
    user = await services.directory.find(actor, user_id)
    if user is None:
        raise NotFound
    return user


async def _remove(user_id: UserId, services: Serving, actor: Acting) -> None:
    await services.administration.delete(actor, user_id)


def _taking(kind: type[UserIn], endpoint: Endpoint) -> Endpoint:
    """The endpoint with the contract's own body, which FastAPI reads from the annotation."""
    endpoint.__annotations__["body"] = kind
    return endpoint
