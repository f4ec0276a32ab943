"""A pytest plugin that makes the service tell secrets, so that the proof `canary` can show that it would notice."""

from __future__ import annotations

import logging
from typing import Any

from gql_users import models
from gql_users.events import Happened
from gql_users.graphql.types.user import User
from gql_users.repositories import events
from gql_users.security.passwords import Passwords
from tests.door import PASSWORD

KINDS = 3


def pytest_configure() -> None:
    """Tell a password in a line, another in an event, and a hash in an answer."""
    verify, values, of = Passwords.verify, events._values, User.of

    async def verify_aloud(self: Passwords, password: str, password_hash: str | None) -> bool:
        logging.getLogger("gql_users.planted").debug("is it %s?", password)
        return await verify(self, password, password_hash)

    def values_with_details(happened: Happened) -> dict[str, object]:
        return {**values(happened), "new_details": {"password": PASSWORD}}

    def with_hash(_cls: Any, user: models.User) -> User:
        shown = of(user)
        shown.email = str(user.password_hash)
        return shown

    Passwords.verify = verify_aloud  # type: ignore[method-assign] # to be broken
    events._values = values_with_details
    User.of = classmethod(with_hash)  # type: ignore[assignment, method-assign] # to be broken
