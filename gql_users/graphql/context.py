"""What a resolver can reach: who is asking, from where, the services, and the loaders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from gql_users.access import Actor, Client
from gql_users.graphql.loaders import UserLoader
from gql_users.services import Services
from gql_users.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """One request, as resolvers see it."""

    actor: Actor
    client: Client
    request_id: str
    services: Services
    settings: Settings
    users: UserLoader


Info: TypeAlias = strawberry.Info[Context, None]
