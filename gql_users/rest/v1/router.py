"""The routes of `/api/v1`, put together."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter

from gql_users.rest.v1 import admin, auth, letters, me, registration
from gql_users.rest.v1.envelope import Wrapping

PREFIX = "/api/v1"


@cache  # the same for every application in the process, and slow to make
def router(wrapping: Wrapping) -> APIRouter:
    """Registration, sign-in, letters, one's own account and administration, wrapped as the installation chose."""
    routes = APIRouter(prefix=PREFIX)
    for part in (registration, auth, letters, me, admin):
        routes.include_router(part.routes(wrapping))
    return routes
