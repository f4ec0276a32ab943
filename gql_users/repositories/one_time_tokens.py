"""All the SQL about one-time tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gql_users.models import OneTimeToken
from gql_users.repositories.database import Collision
from gql_users.repositories.portions import forget


class OneTimeTokens:
    """The one-time tokens, within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, token: OneTimeToken) -> None:
        """Keep a token instead of the one that its user had for this purpose.

        Raises Collision when another letter is made at the same moment.
        """
        old = OneTimeToken.user_id == token.user_id, OneTimeToken.purpose == token.purpose
        await self._session.execute(delete(OneTimeToken).where(*old))
        self._session.add(token)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise Collision from error

    async def find(self, token_hash: str, purpose: str, *, now: datetime) -> OneTimeToken | None:
        """The token of this hash, if it is for this purpose and still good."""
        good = OneTimeToken.token_hash == token_hash, OneTimeToken.purpose == purpose, OneTimeToken.expires_at > now
        return await self._session.scalar(select(OneTimeToken).where(*good))

    async def try_code(self, address_key: str, purpose: str, *, now: datetime) -> OneTimeToken | None:
        """The token that was sent to this address for this purpose last, with one try at its code less.

        Several accounts may ask for letters to one address; a guess must not be good for whichever of them it fits.
        """
        sent = OneTimeToken.address_key == address_key, OneTimeToken.purpose == purpose, OneTimeToken.expires_at > now
        newest_first = OneTimeToken.created_at.desc(), OneTimeToken.id.desc()
        last = select(OneTimeToken.id).where(*sent).order_by(*newest_first).limit(1).scalar_subquery()
        tried = update(OneTimeToken).where(OneTimeToken.id == last, OneTimeToken.tries_left > 0)
        tried = tried.values(tries_left=OneTimeToken.tries_left - 1)
        options = {"populate_existing": True, "synchronize_session": False}
        return await self._session.scalar(tried.returning(OneTimeToken), execution_options=options)

    async def give_try_back(self, token_id: UUID) -> None:
        """One try at the code of a token more, if it is still there."""
        more = update(OneTimeToken).where(OneTimeToken.id == token_id).values(tries_left=OneTimeToken.tries_left + 1)
        await self._session.execute(more, execution_options={"synchronize_session": False})

    async def use(self, token_id: UUID, *, now: datetime) -> bool:
        """Use a token up. False when somebody was faster, or its time is over."""
        good = OneTimeToken.id == token_id, OneTimeToken.expires_at > now
        used = await self._session.scalar(delete(OneTimeToken).where(*good).returning(OneTimeToken.id))
        return used is not None

    async def withdraw(self, user_id: int, purposes: Sequence[str]) -> Collection[UUID]:
        """Remove the tokens of a user for these purposes. Which these were."""
        theirs = OneTimeToken.user_id == user_id, OneTimeToken.purpose.in_(purposes)
        return (await self._session.scalars(delete(OneTimeToken).where(*theirs).returning(OneTimeToken.id))).all()

    async def forget(self, expired_before: datetime, most: int) -> int:
        """Remove tokens whose time is over, and no more than `most`. How many there were."""
        return await forget(self._session, OneTimeToken, OneTimeToken.expires_at < expired_before, most)
