"""The five callers, and the people whom they ask about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from gql_users.access import OPERATOR, Client
from gql_users.graphql.ids import global_id
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.door import PASSWORD, Person
from tests.permissions.cells import Caller


@dataclass(frozen=True)
class Cast:
    """Makes people, each with a session."""

    services: Services
    numbers: Iterator[int] = field(default_factory=count)
    kept: dict[Caller, str] = field(default_factory=dict)

    def new_email(self) -> str:
        """An address that nobody has."""
        return f"person-{next(self.numbers)}@example.com"

    async def somebody(self, *, has_password: bool = False) -> Person:
        """A new member, signed in. Only where it matters with a password: it is what takes time."""
        password = PASSWORD if has_password else None
        user = await self.services.administration.create(OPERATOR, self.new_email(), Profile(), password=password)
        async with self.services.sessions.unit_of_work() as work:
            session = await self.services.sessions.begin(work, user, Client("127.0.0.1", "a browser"))
        tokens = (await self.services.sessions.signed_in(user, session)).tokens
        return Person(
            id=global_id("User", user.id),
            database_id=user.id,
            email=user.email,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            version=user.version,
        )

    async def token(self, caller: Caller, subject: Person) -> str | None:
        """What this caller shows when asking about the subject; the same others every time."""
        if caller in {Caller.ANONYMOUS, Caller.SELF}:
            return subject.access_token if caller is Caller.SELF else None
        if caller not in self.kept:
            self.kept[caller] = await self.new_token(caller)
        return self.kept[caller]

    async def new_token(self, caller: Caller, *, has_password: bool = False) -> str:
        """The token of somebody new who is other than the subject: a member, one who was deactivated, or an admin."""
        person = await self.somebody(has_password=has_password)
        if caller is Caller.DEACTIVATED:
            await self.services.administration.deactivate(OPERATOR, person.database_id)
        if caller is Caller.ADMIN:
            await self.services.administration.set_admin(OPERATOR, person.database_id, is_admin=True)
        return person.access_token
