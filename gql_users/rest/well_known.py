"""What other services need to verify our access tokens without asking us: the keys, and where to find them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from gql_users.rest.access import Serving

router = APIRouter(prefix="/.well-known", tags=["for other services"])

# Short beside the time for which a key is published before it signs.
KEPT = "public, max-age=60"


class KeySet(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]] = Field(description="The public halves of all keys whose tokens can be good.")


class Discovery(BaseModel):
    """Where things are, by the names of OpenID Connect Discovery 1.0. There is no authorization endpoint here."""

    issuer: str = Field(description="The `iss` and `aud` of every access token.")
    jwks_uri: str = Field(description="Where the keys are.")
    id_token_signing_alg_values_supported: list[str] = Field(description="How tokens are signed.")
    subject_types_supported: list[str] = ["public"]
    response_types_supported: list[str] = []


@router.get("/jwks.json", summary="The keys that verify access tokens")
async def jwks(services: Serving, response: Response) -> KeySet:
    """Those that sign, that will sign, and that have signed what is still good."""
    response.headers["Cache-Control"] = KEPT
    return KeySet(keys=[*await services.signing_keys.published()])


@router.get("/openid-configuration", summary="Where the keys are")
async def discovery(request: Request, services: Serving, response: Response) -> Discovery:
    """For libraries that find everything from the issuer alone."""
    response.headers["Cache-Control"] = KEPT
    issuer = request.app.state.settings.public_url
    algorithms = sorted({str(key["alg"]) for key in await services.signing_keys.published()})
    return Discovery(
        issuer=issuer,
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        id_token_signing_alg_values_supported=algorithms,
    )
