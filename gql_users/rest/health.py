"""Is the service alive, and is it fit to answer?"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from gql_users.rest.access import Serving

router = APIRouter(tags=["health"])


class Status(BaseModel):
    """All is well."""

    status: Literal["ok"] = "ok"


@router.get("/healthcheck", summary="The same, by its other name")
@router.get("/health", summary="Is the process alive?")
async def health() -> Status:
    """Touches nothing, so that a busy database does not get the process restarted."""
    return Status()


@router.get(
    "/ready",
    summary="Can it answer?",
    responses={503: {"description": "The database is away or not migrated."}},
)
async def ready(services: Serving) -> Status:
    """Asks the database whether it is there and at the migration this version expects."""
    await services.operation.require_ready()
    return Status()
