"""History: the audit log, for admins, and what happened to one's own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gql_users.access import (
    Actor,
    can_see_events,
    can_see_origin,
    can_see_security,
    require,
    require_own_or_admin,
)
from gql_users.criteria import EventFilter, shape
from gql_users.events import BY_STRANGERS
from gql_users.models import Event
from gql_users.paging import Cursors, Page, PageRequest
from gql_users.repositories.reading_events import EventReader


@dataclass(frozen=True, slots=True)
class History:
    """How people read what happened."""

    events: EventReader
    cursors: Cursors

    async def page(self, actor: Actor, request: PageRequest, wanted: EventFilter) -> Page[Event]:
        """A page of what happened to anybody, the newest first. Raises Unauthenticated, Forbidden and BadUserInput."""
        require(can_see_events(actor), actor)
        return await self._page(actor, request, wanted, f"events {shape(wanted)}")

    async def count(self, actor: Actor, wanted: EventFilter) -> int:
        """How many events match. Raises Unauthenticated and Forbidden."""
        require(can_see_events(actor), actor)
        return await self.events.count(wanted)

    async def page_of(self, actor: Actor, user_id: int, request: PageRequest) -> Page[Event]:
        """A page of what happened to one account, the newest first. Raises Unauthenticated, NotFound, BadUserInput."""
        require_own_or_admin(can_see_security(actor, user_id), actor)
        return await self._page(actor, request, EventFilter(user_id=user_id), f"events of {user_id}")

    async def count_of(self, actor: Actor, user_id: int) -> int:
        """How many events are about one account. Raises Unauthenticated and NotFound."""
        require_own_or_admin(can_see_security(actor, user_id), actor)
        return await self.events.count(EventFilter(user_id=user_id))

    async def find_many(self, actor: Actor, ids: Sequence[UUID]) -> list[Event | None]:
        """The events of these ids, in their order; None for what does not exist or may not be seen."""
        require(not actor.is_anonymous, actor)
        found = await self.events.find_many(ids)
        seen = {each.id: as_seen(actor, each) for each in found.values() if self._is_seen(actor, each)}
        return [seen.get(each) for each in ids]

    def _is_seen(self, actor: Actor, event: Event) -> bool:
        is_about_somebody = event.user_id is not None
        return can_see_events(actor) or (is_about_somebody and can_see_security(actor, event.user_id or 0))

    async def _page(self, actor: Actor, request: PageRequest, wanted: EventFilter, scope: str) -> Page[Event]:
        part = request.slice(self.cursors, scope)
        found, has_next, has_previous = await self.events.page(wanted, part)
        seal = self.cursors.sealer(scope)
        seen = [as_seen(actor, each) for each in found]
        return Page(seen, lambda event: seal((str(event.id),)), has_next, has_previous)


def as_seen(actor: Actor, event: Event) -> Event:
    """The event without what the actor may not see of it."""
    by_a_stranger = event.actor_id is None and event.kind in BY_STRANGERS
    if can_see_origin(actor, event.actor_id, by_a_stranger=by_a_stranger):
        return event
    return event.without_origin()
