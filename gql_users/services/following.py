"""What somebody follows: the changes that wait for them, until they may not see them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gql_users.access import Actor, can_follow
from gql_users.errors import ErrorCode, Forbidden, NotFound, Refusal, Unauthenticated, Unavailable
from gql_users.events import CHANGES, EventKind, UserChangeKind
from gql_users.models import Event, User
from gql_users.repositories.feed import Told
from gql_users.services.history import as_seen

# So many changes may wait for somebody who reads slowly.
MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an account, and the account as it is now, unless it is gone."""

    kind: UserChangeKind
    event: Event
    user: User | None


class Following:
    """An iterator of changes. `actor` is who follows, with the rights they had when they were last told."""

    def __init__(self, actor: Actor, user_id: int | None, kinds: Collection[UserChangeKind] | None) -> None:
        self.actor = actor
        self.user_id = user_id
        """Whose account is followed; None for everybody's."""
        self.kinds = frozenset(UserChangeKind if kinds is None else kinds)
        self._waiting: asyncio.Queue[Change | Refusal] = asyncio.Queue()
        self._is_over = False

    def __aiter__(self) -> Following:
        return self

    async def __anext__(self) -> Change:
        """The next change. Raises Unauthenticated, Forbidden, NotFound or Unavailable when there will be none."""
        change = await self._waiting.get()
        if isinstance(change, Refusal):
            raise change
        # As they may see it now: they may have lost rights while it waited.
        return replace(change, event=as_seen(self.actor, change.event))

    def tell(self, told: Iterable[Told], rights: Mapping[UUID, bool], now: datetime) -> None:
        """Hand on what happened, if the actor may see it at this moment; otherwise end.

        `rights` says which sessions are good, and whether they are an admin's.
        """
        refusal = self._judged(rights, now)
        if refusal is not None:
            self.end(refusal)
        for event, user in told:
            self._hand_on(event, user)

    def end(self, why: Refusal) -> None:
        """Hand on nothing more, not even what waits."""
        if self._is_over:
            return
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(why)
        self._is_over = True

    def _judged(self, rights: Mapping[UUID, bool], now: datetime) -> Refusal | None:
        """Why the actor may not follow this any more, if so."""
        actor = self.actor
        if actor.token_expires_at is not None and now >= actor.token_expires_at:
            return Unauthenticated(ErrorCode.TOKEN_EXPIRED)
        if actor.session_id is None or actor.session_id not in rights:
            return Unauthenticated(ErrorCode.TOKEN_INVALID)
        if rights[actor.session_id] != actor.is_admin:
            self.actor = replace(actor, is_admin=rights[actor.session_id])
        if can_follow(self.actor, self.user_id):
            return None
        return Forbidden() if self.user_id is None else NotFound()

    def _hand_on(self, event: Event, user: User | None) -> None:
        kind = CHANGES[EventKind(event.kind)]
        if self._is_over or kind not in self.kinds or self.user_id not in {None, event.user_id}:
            return
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put_nowait(Change(kind, event, user))
        else:
            self.end(Unavailable("You read too slowly. Read again what you follow, and subscribe anew."))
