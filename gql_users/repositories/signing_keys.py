"""All the SQL about the keys that sign access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import SigningKey
from gql_users.repositories.database import Collision


class SigningKeys:
    """The keys, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[SigningKey]:
        """Every key, the newest first."""
        found = await self._session.scalars(select(SigningKey).order_by(SigningKey.created_at.desc(), SigningKey.kid))
        return found.all()

    async def add(self, key: SigningKey) -> None:
        """Insert a key. Raises Collision when another replica made one for the same state at the same moment."""
        self._session.add(key)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise Collision from error

    async def activate(self, kid: str, *, now: datetime) -> None:
        """Let the next key sign. Raises Collision when it is not the next one any more."""
        await self._step(kid, "next", state="active", activated_at=now)

    async def retire(self, kid: str, state: str, *, now: datetime) -> None:
        """Let a key sign no more, or never. Raises Collision when it is not in this state any more."""
        await self._step(kid, state, state="retired", retired_at=now)

    async def forget(self, retired_before: datetime) -> None:
        """Remove keys that retired before a moment."""
        await self._session.execute(delete(SigningKey).where(SigningKey.retired_at < retired_before))

    async def _step(self, kid: str, seen: str, **values: object) -> None:
        unchanged = SigningKey.kid == kid, SigningKey.state == seen
        statement = update(SigningKey).where(*unchanged).values(**values).returning(SigningKey.kid)
        if await self._session.scalar(statement, execution_options={"synchronize_session": False}) is None:
            raise Collision
