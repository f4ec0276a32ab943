"""Removing rows a portion at a time, so that nobody waits long for those who forget."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models.base import Base


async def forget(session: AsyncSession, model: type[Base], over: ColumnElement[bool], most: int) -> int:
    """Remove rows that are over, but no more than `most`, and none that somebody holds. How many there were."""
    key = inspect(model).primary_key
    chosen = select(*key).where(over).limit(most).with_for_update(skip_locked=True)
    statement = delete(model).where(tuple_(*key).in_(chosen)).returning(*key)
    return len((await session.execute(statement, execution_options={"synchronize_session": False})).all())
