"""Where somebody is signed in: the list of live sessions, and ending one of them from afar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gql_users.access import Actor, can_revoke_sessions, can_see_security, require, require_own_or_admin
from gql_users.clock import Clock
from gql_users.errors import NotFound
from gql_users.events import EventKind, Happened
from gql_users.models import Session
from gql_users.paging import Cursors, Page, PageRequest
from gql_users.repositories.reading_sessions import SessionReader
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision


@dataclass(frozen=True, slots=True)
class SessionList:
    """How people look after the sessions they have."""

    unit_of_work: UnitsOfWork
    reading: SessionReader
    clock: Clock
    cursors: Cursors
    idle_lifetime: timedelta

    @repeated_on_collision
    async def revoke(self, actor: Actor, session_id: UUID) -> Session:
        """End one session, one's own or anybody's for admins. One that is over already stays so.

        Raises Unauthenticated, and NotFound also for sessions of others.
        """
        require(not actor.is_anonymous, actor)
        now = self.clock.now()
        async with self.unit_of_work() as work:
            session = await work.sessions.find(session_id)
            if session is None or not can_revoke_sessions(actor, session.user_id):
                raise NotFound("There is no such session.")
            is_over = now >= session.ends_at(self.idle_lifetime)
            if not is_over and await work.sessions.revoke(session_id, now=now):
                details = {"sessionId": str(session_id)}
                await work.events.add(Happened(EventKind.SESSION_REVOKED, now, actor, session.user_id, details))
        return session

    async def page(self, actor: Actor, user_id: int, request: PageRequest) -> Page[Session]:
        """A page of somebody's live sessions, the newest first. Raises Unauthenticated, NotFound and BadUserInput."""
        require_own_or_admin(can_see_security(actor, user_id), actor)
        scope, now = f"sessions {user_id}", self.clock.now()
        part = request.slice(self.cursors, scope)
        found, has_next, has_previous = await self.reading.page_of(
            user_id, part, now=now, refreshed_since=now - self.idle_lifetime
        )
        seal = self.cursors.sealer(scope)
        return Page(found, lambda session: seal((str(session.id),)), has_next, has_previous)

    async def count(self, actor: Actor, user_id: int) -> int:
        """How many live sessions somebody has. Raises Unauthenticated and NotFound."""
        require_own_or_admin(can_see_security(actor, user_id), actor)
        now = self.clock.now()
        return await self.reading.count_of(user_id, now=now, refreshed_since=now - self.idle_lifetime)

    async def find_many(self, actor: Actor, ids: Sequence[UUID]) -> list[Session | None]:
        """The live sessions of these ids, in their order; None for what is over or may not be seen."""
        require(not actor.is_anonymous, actor)
        now = self.clock.now()
        found = await self.reading.find_many(ids)
        return [found[each] if each in found and self._is_seen(actor, found[each], now) else None for each in ids]

    def _is_seen(self, actor: Actor, session: Session, now: datetime) -> bool:
        is_live = session.revoked_at is None and now < session.ends_at(self.idle_lifetime)
        return is_live and can_see_security(actor, session.user_id)
