"""One query instead of N: what several fields of one answer look up is looked up together."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

from strawberry.dataloader import DataLoader

from gql_users import models
from gql_users.access import Actor
from gql_users.services import Services
from gql_users.services.directory import MOST_IDS

UserLoader: TypeAlias = DataLoader[int, models.User | None]


def user_loader(services: Services, actor: Actor) -> UserLoader:
    """Users by number, as far as the actor may see them, for the length of one request."""
    return DataLoader(load_fn=partial(services.directory.find_many, actor), max_batch_size=MOST_IDS)
