"""All the SQL about one-time tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from gql_users.models import OneTimeToken
from gql_users.repositories.database import REFUSED, Collision
from gql_users.repositories.portions import portion_of
from gql_users.repositories.rows import columns_of, insert_of, values_of
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.transactions import Executor

_COLUMNS = columns_of(OneTimeToken)
_THEIRS = OneTimeToken.user_id == bindparam("owner_id")
_FOR = OneTimeToken.purpose == bindparam("wanted_for")
_GOOD = OneTimeToken.expires_at > bindparam("now")
_THE_ONE = OneTimeToken.id == bindparam("token_id")

_INSERT = Statement(insert_of(OneTimeToken))
_RETIRE = Statement(delete(OneTimeToken).where(_THEIRS, _FOR))
_FIND = Statement(select(*_COLUMNS).where(OneTimeToken.token_hash == bindparam("hash"), _FOR, _GOOD))
_LAST = (
    select(OneTimeToken.id)
    .where(OneTimeToken.address_key == bindparam("key"), _FOR, _GOOD)
    .order_by(OneTimeToken.created_at.desc(), OneTimeToken.id.desc())
    .limit(1)
    .scalar_subquery()
)
_TRY = Statement(
    update(OneTimeToken)
    .where(OneTimeToken.id == _LAST, OneTimeToken.tries_left > 0)
    .values(tries_left=OneTimeToken.tries_left - 1)
    .returning(*_COLUMNS)
)
_GIVE_BACK = Statement(update(OneTimeToken).where(_THE_ONE).values(tries_left=OneTimeToken.tries_left + 1))
_USE = Statement(delete(OneTimeToken).where(_THE_ONE, _GOOD).returning(OneTimeToken.id))
_WITHDRAW = Statement(
    delete(OneTimeToken).where(_THEIRS, Among(OneTimeToken.purpose, "purposes")).returning(OneTimeToken.id)
)
_FORGET = portion_of(OneTimeToken, OneTimeToken.expires_at < bindparam("before"))


class OneTimeTokens:
    """The one-time tokens, within one unit of work."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def put(self, token: OneTimeToken) -> None:
        """Keep a token instead of the one that its user had for this purpose.

        Raises Collision when another letter is made at the same moment.
        """
        await self._executor.later(_RETIRE, owner_id=token.user_id, wanted_for=token.purpose)
        try:
            await self._executor.later(_INSERT, **values_of(token))
        except REFUSED as error:
            raise Collision from error

    async def find(self, token_hash: str, purpose: str, *, now: datetime) -> OneTimeToken | None:
        """The token of this hash, if it is for this purpose and still good."""
        found: OneTimeToken | None = await self._executor.row(_FIND, hash=token_hash, wanted_for=purpose, now=now)
        return found

    async def try_code(self, address_key: str, purpose: str, *, now: datetime) -> OneTimeToken | None:
        """The token that was sent to this address for this purpose last, with one try at its code less.

        Several accounts may ask for letters to one address; a guess must not be good for whichever of them it fits.
        """
        tried: OneTimeToken | None = await self._executor.row(_TRY, key=address_key, wanted_for=purpose, now=now)
        return tried

    async def give_try_back(self, token_id: UUID) -> None:
        """One try at the code of a token more, if it is still there."""
        await self._executor.later(_GIVE_BACK, token_id=token_id)

    async def use(self, token_id: UUID, *, now: datetime) -> bool:
        """Use a token up. False when somebody was faster, or its time is over."""
        return await self._executor.row(_USE, token_id=token_id, now=now) is not None

    async def withdraw(self, user_id: int, purposes: Sequence[str]) -> Collection[UUID]:
        """Remove the tokens of a user for these purposes. Which these were."""
        withdrawn = await self._executor.rows(_WITHDRAW, owner_id=user_id, purposes=list(purposes))
        return [token.id for token in withdrawn]

    async def forget(self, expired_before: datetime, most: int) -> int:
        """Remove tokens whose time is over, and no more than `most`. How many there were."""
        return len(await self._executor.rows(_FORGET, before=expired_before, most=most))
