"""One query instead of N: what several fields of one answer look up is looked up together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from strawberry.dataloader import DataLoader

from gql_users import models
from gql_users.access import Actor
from gql_users.services import Services
from gql_users.services.directory import MOST_IDS

UserLoader: TypeAlias = DataLoader[int, models.User | None]


def user_loader(services: Services, who_asks: Callable[[], Actor]) -> UserLoader:
    """Users by number, as far as they may be seen, for the length of one request.

    Nothing is kept from one moment to the next: a deed in between may have changed it.
    """

    async def load(numbers: list[int]) -> list[models.User | None]:
        different = [*dict.fromkeys(numbers)]
        found: dict[int, models.User | None] = {}
        for start in range(0, len(different), MOST_IDS):
            part = different[start : start + MOST_IDS]
            found.update(zip(part, await services.directory.find_many(who_asks(), part), strict=True))
        return [found[number] for number in numbers]

    return DataLoader(load_fn=load, cache=False)
