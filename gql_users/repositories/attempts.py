"""All the SQL about attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import Attempt
from gql_users.repositories.portions import forget

Pair = tuple[str, str]
"""An account and a network, both as keyed hashes."""


class Attempts:
    """The attempts, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_many(self, pairs: Sequence[Pair]) -> dict[Pair, Attempt]:
        """What is known of each pair, without waiting for anybody."""
        found = await self._session.scalars(select(Attempt).where(_one_of(pairs)))
        return {(each.account, each.network): each for each in found}

    async def lock(self, pairs: Sequence[Pair], *, now: datetime) -> dict[Pair, Attempt]:
        """What is known of each pair, who all stay as they are until this unit of work ends."""
        rows = [
            {"account": account, "network": network, "failed": 0, "pending": 0, "reserved_at": now}
            for account, network in pairs
        ]
        # Everybody locks in one order, or two would wait for each other.
        rows.sort(key=lambda row: (row["account"], row["network"]), reverse=True)
        # A row that is there is written to as well, which locks it: nobody can remove it before it is read below.
        insert = self._insert().values(rows)
        same = {"account": insert.excluded.account}
        await self._session.execute(insert.on_conflict_do_update(index_elements=["account", "network"], set_=same))
        statement = (
            select(Attempt).where(_one_of(pairs)).order_by(Attempt.account.desc(), Attempt.network).with_for_update()
        )
        found = await self._session.scalars(statement, execution_options={"populate_existing": True})
        return {(each.account, each.network): each for each in found}

    async def save(self) -> None:
        """Write what was changed in the locked rows."""
        await self._session.flush()

    async def forget_accounts(self, accounts: Sequence[str]) -> None:
        """Remove what every network tried with these accounts."""
        await self._session.execute(delete(Attempt).where(Attempt.account.in_(accounts)))

    async def forget_network(self, network: str) -> None:
        """Remove all that a network tried."""
        await self._session.execute(delete(Attempt).where(Attempt.network == network))

    async def forget(self, before: datetime, most: int) -> int:
        """Remove what was tried before a moment and not since, and no more than `most`. How many there were."""
        return await forget(self._session, Attempt, Attempt.reserved_at < before, most)

    def _insert(self) -> Any:
        dialect = self._session.get_bind().dialect.name
        return sqlite.insert(Attempt) if dialect == "sqlite" else postgresql.insert(Attempt)


def _one_of(pairs: Sequence[Pair]) -> Any:
    return tuple_(Attempt.account, Attempt.network).in_(list(pairs))
