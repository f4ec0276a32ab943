"""Several services on one database, which know of each other only what the database tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from fastapi import FastAPI

from gql_users import create_app
from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import Door, SettableClock
from tests.serving import serving

JsonWebKey = dict[str, str]


@dataclass(frozen=True)
class Replica:
    """One of several services, and the way in."""

    app: FastAPI
    door: Door

    @property
    def services(self) -> Services:
        """What is behind its doors."""
        wired: Services = self.app.state.services
        return wired

    async def rotate(self) -> str:
        """Let the next key sign, as the command does. Its name."""
        return await self.services.signing_keys.rotate(OPERATOR)

    async def keys(self) -> dict[str, str]:
        """The state of every key that there is."""
        return {key.kid: key.state for key in await self.services.signing_keys.list(OPERATOR)}

    async def whose(self, token: str) -> str:
        """The id of whoever shows this access token."""
        shown: str = (await self.door.showing(token).ask("{ me { id } }"))["me"]["id"]
        return shown

    async def published(self) -> dict[str, JsonWebKey]:
        """The keys that it tells other services of, by name."""
        answer = await self.door.http.get("/.well-known/jwks.json")
        assert answer.status_code == 200, answer.text
        return {key["kid"]: key for key in answer.json()["keys"]}


Open = Callable[..., Awaitable[Replica]]


def header_of(token: str) -> dict[str, str]:
    """What a token says about itself."""
    return dict(jwt.get_unverified_header(token))


@asynccontextmanager
async def opening(make_settings: MakeSettings, clock: SettableClock) -> AsyncIterator[Open]:
    """Opens services on the fresh database, each with whatever settings it is given, until the block ends."""
    async with AsyncExitStack() as stack:

        async def opened(**otherwise: Any) -> Replica:
            app = create_app(make_settings(**otherwise), clock=clock)
            url = await stack.enter_async_context(serving(app))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
            return Replica(app, Door(http))

        yield opened
