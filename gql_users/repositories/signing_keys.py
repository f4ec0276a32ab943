"""All the SQL about the keys that sign access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from gql_users.models import SigningKey
from gql_users.repositories.database import REFUSED, Collision
from gql_users.repositories.rows import columns_of, insert_of, values_of
from gql_users.repositories.statements import Statement
from gql_users.repositories.transactions import Executor

_COLUMNS = columns_of(SigningKey)

_ALL = Statement(select(*_COLUMNS).order_by(SigningKey.created_at.desc(), SigningKey.kid))
_INSERT = Statement(insert_of(SigningKey))
_FORGET = Statement(delete(SigningKey).where(SigningKey.retired_at < bindparam("before")))
_SEEN = update(SigningKey).where(SigningKey.kid == bindparam("the_kid"), SigningKey.state == bindparam("seen"))
_ACTIVATE = Statement(_SEEN.values(state="active", activated_at=bindparam("now")).returning(SigningKey.kid))
_RETIRE = Statement(_SEEN.values(state="retired", retired_at=bindparam("now")).returning(SigningKey.kid))


class SigningKeys:
    """The keys, within one unit of work."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def all(self) -> Sequence[SigningKey]:
        """Every key, the newest first."""
        return await self._executor.rows(_ALL)

    async def add(self, key: SigningKey) -> None:
        """Insert a key. Raises Collision when another replica made one for the same state at the same moment."""
        try:
            await self._executor.rows(_INSERT, **values_of(key))
        except REFUSED as error:
            raise Collision from error

    async def activate(self, kid: str, *, now: datetime) -> None:
        """Let the next key sign. Raises Collision when it is not the next one any more."""
        if await self._executor.row(_ACTIVATE, the_kid=kid, seen="next", now=now) is None:
            raise Collision

    async def retire(self, kid: str, state: str, *, now: datetime) -> None:
        """Let a key sign no more, or never. Raises Collision when it is not in this state any more."""
        if await self._executor.row(_RETIRE, the_kid=kid, seen=state, now=now) is None:
            raise Collision

    async def forget(self, retired_before: datetime) -> None:
        """Remove keys that retired before a moment."""
        await self._executor.rows(_FORGET, before=retired_before)
