"""What a resolver can reach: who is asking, and the services."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from gql_users.access import Actor
from gql_users.errors import TookTooLong
from gql_users.services import Services
from gql_users.settings import Settings


@dataclass(slots=True)
class Context:
    """One request, as resolvers see it.

    `recognise` says who is asking, as the database has it at that moment; `ends_at` is when no further deed begins, by
    the clock of the event loop.
    """

    actor: Actor
    recognise: Callable[[], Awaitable[Actor]]
    request_id: str
    services: Services
    settings: Settings
    ends_at: float
    has_acted: bool = False

    async def begin_deed(self) -> None:
        """See again who is asking, before each deed but the first.

        A document can hold many deeds and take seconds; an earlier one, or somebody else, may have ended the session or
        withdrawn its rights. Raises Unavailable, also when the operation has taken too long.
        """
        if asyncio.get_running_loop().time() > self.ends_at:
            raise TookTooLong
        if self.has_acted:
            self.actor = await self.recognise()
        self.has_acted = True


Info: TypeAlias = strawberry.Info[Context, None]
