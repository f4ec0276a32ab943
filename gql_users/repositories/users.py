"""All the SQL about users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, select, text, update

from gql_users.errors import EmailTaken, UsernameTaken
from gql_users.events import EventKind
from gql_users.models import Event, User
from gql_users.models.base import BeforeAllTime
from gql_users.models.users import LARGEST_ID
from gql_users.repositories.database import REFUSED
from gql_users.repositories.portions import portion_of
from gql_users.repositories.rows import columns_of, insert_of, values_of
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.transactions import Executor

_COLUMNS = columns_of(User)
_THE_ONE = User.id == bindparam("user_id")
_RIGHTS = {"is_admin", "deactivated_at"}
_NEXT = {"version": User.version + 1, "updated_at": bindparam("now")}

_ALL = select(*_COLUMNS)
_FIND_MANY = Statement(_ALL.where(Among(User.id, "ids")), User, is_by_key=True)
_FIND_FOR_CHANGE = Statement(_ALL.where(_THE_ONE).with_for_update(key_share=True), User)
_FIND_BY_EMAIL = Statement(_ALL.where(User.email_key == bindparam("key")), User, is_by_key=True)
_FIND_BY_USERNAME = Statement(_ALL.where(User.username_key == bindparam("key")), User, is_by_key=True)
_HAS_ADMIN = Statement(select(User.id).where(User.is_admin).limit(1))
# Locked in one order, so that two who do so wait for each other; and in the order of their index.
_LOCK_ACTIVE_ADMINS = Statement(
    select(User.id)
    .where(User.is_admin, User.deactivated_at.is_(None))
    .order_by(User.created_at, User.tie_breaker)
    .with_for_update(key_share=True)
)
_INSERT = Statement(insert_of(User).returning(User.id))
_SKIP_A_NUMBER = Statement(
    text("SELECT nextval(pg_get_serial_sequence('users', 'id'))"),
    on_sqlite=text("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'users'"),
)
_SEEN = _THE_ONE, User.password_hash == bindparam("seen")
_RECORD_LOGIN = Statement(
    update(User)
    .where(*_SEEN, User.deactivated_at.is_(None))
    .values(last_login_at=bindparam("now"), password_hash=bindparam("new_hash"))
    .returning(*_COLUMNS),
    User,
)
_REPLACE_PASSWORD = Statement(
    update(User).where(*_SEEN).values(password_hash=bindparam("new_hash"), **_NEXT).returning(*_COLUMNS), User
)
_DELETE = Statement(delete(User).where(_THE_ONE).returning(User.id))
# Whoever never signed in stands together in the index of that column.
_FORGET_UNVERIFIED = portion_of(
    User,
    and_(
        User.last_login_or_first == BeforeAllTime(),
        User.email_verified_at.is_(None),
        User.updated_at < bindparam("before"),
        User.deactivated_at.is_(None),
        ~User.is_admin,
        exists().where(Event.user_id == User.id, Event.kind == EventKind.REGISTERED.value),
    ),
)


class Users:
    """The users, within one unit of work."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.has_changed_rights = False
        """Was somebody removed, or something changed that says who may do what?"""

    async def find(self, user_id: int) -> User | None:
        """The user of this number."""
        return (await self.find_many([user_id])).get(user_id)

    async def find_for_change(self, user_id: int) -> User | None:
        """The user of this number, who stays as it is until this unit of work ends."""
        return await self._one(_FIND_FOR_CHANGE, user_id=user_id) if _is_possible(user_id) else None

    async def find_by_email(self, key: str) -> User | None:
        """The user of this address, given by its key."""
        return await self._one(_FIND_BY_EMAIL, key=key)

    async def find_by_username(self, key: str) -> User | None:
        """The user of this username, given by its key."""
        return await self._one(_FIND_BY_USERNAME, key=key)

    async def find_many(self, ids: Sequence[int]) -> dict[int, User]:
        """Those of these users that exist, by number, in one statement."""
        possible = [each for each in ids if _is_possible(each)]
        if not possible:
            return {}
        return {user.id: user for user in await self._executor.rows(_FIND_MANY, ids=possible)}

    async def has_admin(self) -> bool:
        """Is there anybody with admin rights, active or not?"""
        return await self._executor.row(_HAS_ADMIN) is not None

    async def lock_active_admins(self) -> set[int]:
        """The numbers of the active admins, who stay as they are until this unit of work ends."""
        return {admin.id for admin in await self._executor.rows(_LOCK_ACTIVE_ADMINS)}

    async def add(self, user: User) -> None:
        """Insert a user, who gets a number. Raises EmailTaken or UsernameTaken."""
        try:
            user.id = (await self._executor.row(_INSERT, **values_of(user))).id
        except REFUSED as error:
            _say_what_is_taken(error)
            raise

    async def skip_number(self) -> None:
        """Give a number to nobody, so that later ones do not tell whether there is one user more."""
        await self._executor.rows(_SKIP_A_NUMBER)

    async def change(
        self, user_id: int, *, now: datetime, expected_version: int | None = None, **columns: object
    ) -> User | None:
        """Set columns of the user, if it has the expected version. None when it has not, or there is no such user.

        Raises EmailTaken or UsernameTaken.
        """
        self.has_changed_rights |= not columns.keys().isdisjoint(_RIGHTS)
        statement = _change(tuple(sorted(columns)), is_versioned=expected_version is not None)
        values = {f"new_{name}": value for name, value in columns.items()}
        if expected_version is not None:
            values["expected_version"] = expected_version
        try:
            return await self._one(statement, user_id=user_id, now=now, **values)
        except REFUSED as error:
            _say_what_is_taken(error)
            raise

    async def record_login(self, user_id: int, *, seen: str, now: datetime, renewed: str | None) -> User | None:
        """Remember a sign-in with the password of the hash that was seen, which may be renewed on the way.

        It is no change of the account, so the version stays. None when the account is not active any more, or its
        password is not that one any more.
        """
        return await self._one(_RECORD_LOGIN, user_id=user_id, seen=seen, now=now, new_hash=renewed or seen)

    async def replace_password(self, user_id: int, *, seen: str, now: datetime, password_hash: str) -> User | None:
        """Replace the password hash if it is still the one that was seen. None when it is not."""
        return await self._one(_REPLACE_PASSWORD, user_id=user_id, seen=seen, now=now, new_hash=password_hash)

    async def delete(self, user_id: int) -> bool:
        """Remove the user and all that belongs to it. False when there was none."""
        self.has_changed_rights = True
        return _is_possible(user_id) and await self._executor.row(_DELETE, user_id=user_id) is not None

    async def forget_unverified(self, before: datetime, most: int) -> int:
        """Remove accounts that nobody has verified, signed in to, or changed since a moment, and no more than `most`.

        Only those that people made themselves, as far as the events remember, and no admin has closed or made an
        admin's. How many there were.
        """
        return len(await self._executor.rows(_FORGET_UNVERIFIED, before=before, most=most))

    async def _one(self, statement: Statement, **values: object) -> User | None:
        user: User | None = await self._executor.row(statement, **values)
        return user


@lru_cache(maxsize=256)
def _change(names: tuple[str, ...], *, is_versioned: bool) -> Statement:
    """Sets these columns of a user, if it has the expected version where one is expected."""
    expected = [User.version == bindparam("expected_version")] if is_versioned else []
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names} | _NEXT
    return Statement(update(User).where(_THE_ONE, *expected).values(values).returning(*_COLUMNS), User)


def _is_possible(user_id: int) -> bool:
    """Can the column hold this number? Drivers fail on one that it cannot, instead of finding nobody."""
    return 0 < user_id <= LARGEST_ID


def _say_what_is_taken(error: Exception) -> None:
    """Uniqueness is the database's to judge, at the moment of writing: nobody can slip in between.

    Raises EmailTaken or UsernameTaken, if that is what it judged.
    """
    # PostgreSQL says which constraint it is; SQLite says which column.
    constraint = getattr(error, "constraint_name", None) or str(getattr(error, "orig", ""))
    if "email_key" in constraint:
        raise EmailTaken(field="email") from error
    if "username_key" in constraint:
        raise UsernameTaken(field="username") from error
