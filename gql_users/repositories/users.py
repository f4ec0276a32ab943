"""All the SQL about users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.errors import EmailTaken, UsernameTaken
from gql_users.events import EventKind
from gql_users.models import Event, User
from gql_users.models.base import BeforeAllTime
from gql_users.models.users import LARGEST_ID
from gql_users.repositories.portions import forget

_SKIP_A_NUMBER = {
    "postgresql": text("SELECT nextval(pg_get_serial_sequence('users', 'id'))"),
    "sqlite": text("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'users'"),
}


class Users:
    """The users, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, user_id: int) -> User | None:
        """The user of this number."""
        return (await self.find_many([user_id])).get(user_id)

    async def find_for_change(self, user_id: int) -> User | None:
        """The user of this number, who stays as it is until this unit of work ends."""
        if not _is_possible(user_id):
            return None
        return await self._session.get(User, user_id, populate_existing=True, with_for_update={"key_share": True})

    async def find_by_email(self, key: str) -> User | None:
        """The user of this address, given by its key."""
        return await self._session.scalar(select(User).where(User.email_key == key))

    async def find_by_username(self, key: str) -> User | None:
        """The user of this username, given by its key."""
        return await self._session.scalar(select(User).where(User.username_key == key))

    async def find_many(self, ids: Sequence[int]) -> dict[int, User]:
        """Those of these users that exist, by number, in one statement."""
        possible = [each for each in ids if _is_possible(each)]
        if not possible:
            return {}
        found = await self._session.scalars(select(User).where(User.id.in_(possible)))
        return {user.id: user for user in found}

    async def has_admin(self) -> bool:
        """Is there anybody with admin rights, active or not?"""
        return await self._session.scalar(select(User.id).where(User.is_admin).limit(1)) is not None

    async def lock_active_admins(self) -> set[int]:
        """The numbers of the active admins, who stay as they are until this unit of work ends."""
        # Locked in one order, so that two who do so wait for each other; and in the order of their index.
        active = User.is_admin, User.deactivated_at.is_(None)
        statement = select(User.id).where(*active).order_by(User.created_at, User.tie_breaker)
        return set(await self._session.scalars(statement.with_for_update(key_share=True)))

    async def add(self, user: User) -> None:
        """Insert a user. Raises EmailTaken or UsernameTaken."""
        self._session.add(user)
        with _taken():
            await self._session.flush()

    async def skip_number(self) -> None:
        """Give a number to nobody, so that later ones do not tell whether there is one user more."""
        await self._session.execute(_SKIP_A_NUMBER[self._session.get_bind().dialect.name])

    async def change(
        self, user_id: int, *, now: datetime, expected_version: int | None = None, **columns: object
    ) -> User | None:
        """Set columns of the user, if it has the expected version. None when it has not, or there is no such user.

        Raises EmailTaken or UsernameTaken.
        """
        statement = update(User).where(User.id == user_id)
        if expected_version is not None:
            statement = statement.where(User.version == expected_version)
        statement = statement.values(**columns, version=User.version + 1, updated_at=now)
        with _taken():
            return await self._changed(statement)

    async def record_login(self, user_id: int, *, seen: str, now: datetime, renewed: str | None) -> User | None:
        """Remember a sign-in with the password of the hash that was seen, which may be renewed on the way.

        It is no change of the account, so the version stays. None when the account is not active any more, or its
        password is not that one any more.
        """
        unchanged = User.id == user_id, User.deactivated_at.is_(None), User.password_hash == seen
        values = {"last_login_at": now, "password_hash": renewed or seen}
        return await self._changed(update(User).where(*unchanged).values(**values))

    async def replace_password(self, user_id: int, *, seen: str, now: datetime, password_hash: str) -> User | None:
        """Replace the password hash if it is still the one that was seen. None when it is not."""
        unchanged = User.id == user_id, User.password_hash == seen
        values = {"password_hash": password_hash, "version": User.version + 1, "updated_at": now}
        return await self._changed(update(User).where(*unchanged).values(**values))

    async def delete(self, user_id: int) -> bool:
        """Remove the user and all that belongs to it. False when there was none."""
        if not _is_possible(user_id):
            return False
        removed = await self._session.scalar(delete(User).where(User.id == user_id).returning(User.id))
        return removed is not None

    async def forget_unverified(self, before: datetime, most: int) -> int:
        """Remove accounts that nobody has verified, signed in to, or changed since a moment, and no more than `most`.

        Only those that people made themselves, as far as the events remember, and no admin has closed or made an
        admin's. How many there were.
        """
        # Whoever never signed in stands together in the index of that column.
        unused = User.last_login_or_first == BeforeAllTime(), User.email_verified_at.is_(None), User.updated_at < before
        untouched = User.deactivated_at.is_(None), ~User.is_admin
        registered = exists().where(Event.user_id == User.id, Event.kind == EventKind.REGISTERED.value)
        return await forget(self._session, User, and_(*unused, *untouched, registered), most)

    async def _changed(self, statement: Any) -> User | None:
        options = {"populate_existing": True, "synchronize_session": False}
        changed: User | None = await self._session.scalar(statement.returning(User), execution_options=options)
        return changed


def _is_possible(user_id: int) -> bool:
    """Can the column hold this number? Drivers fail on one that it cannot, instead of finding nobody."""
    return 0 < user_id <= LARGEST_ID


@contextmanager
def _taken() -> Iterator[None]:
    """Uniqueness is the database's to judge, at the moment of writing: nobody can slip in between."""
    try:
        yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or str(error.orig)
        if "email_key" in constraint:
            raise EmailTaken(field="email") from error
        if "username_key" in constraint:
            raise UsernameTaken(field="username") from error
        raise
