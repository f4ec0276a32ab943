"""Changes: who follows accounts is told at once what becomes of them, for as long as they may see it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from weakref import WeakSet

from gql_users.access import Actor, can_follow, require, require_own_or_admin
from gql_users.clock import Clock
from gql_users.errors import BadUserInput, NotFound, Unavailable
from gql_users.events import UserChangeKind
from gql_users.repositories.feed import Feed, Line
from gql_users.services.directory import Directory
from gql_users.services.following import Following

log = logging.getLogger("gql_users.changes")

# What one process has room for, and how much of it one account may take.
MOST_FOLLOWERS = 2_000
MOST_PER_ACCOUNT = 40
# Rights are read again so often, and before each change is handed out. Who cannot be judged in time is told no more.
BETWEEN_LOOKS_S = 0.5
LONGEST_LOOK_S = 2.0


@dataclass(slots=True, eq=False)
class _Hearing:
    """One line to the database, for as long as somebody follows, and who does."""

    followers: WeakSet[Following] = field(default_factory=WeakSet)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False


class Changes:
    """How accounts are followed."""

    def __init__(self, directory: Directory, clock: Clock, feed: Feed) -> None:
        self.ended = asyncio.Event()
        """Set once the service ends: who follows is told so, and nobody begins any more."""
        self._directory = directory
        self._clock = clock
        self._feed = feed
        self._hearing: _Hearing | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def follow(
        self, actor: Actor, user_id: int | None = None, kinds: Collection[UserChangeKind] | None = None
    ) -> Following:
        """Be told of every change that is committed after this: of one account, or of all that the actor may see.

        Who asks for no kind of change is told when their session ends, as everybody is, and nothing else.

        Raises Unauthenticated, NotFound also for accounts of others, BadUserInput and Unavailable for too many.
        """
        require(not actor.is_anonymous, actor)
        if user_id is None and not can_follow(actor, None):
            user_id = actor.user_id
        require_own_or_admin(can_follow(actor, user_id), actor)
        if user_id not in {None, actor.user_id} and await self._directory.find(actor, user_id or 0) is None:
            raise NotFound
        hearing = await self._heard()
        _require_room(hearing.followers, actor)
        following = Following(actor, user_id, kinds)
        hearing.followers.add(following)
        return following

    @property
    def followers(self) -> int:
        """How many streams there are in this process, beside connections that are only watched."""
        return sum(bool(each.kinds) for each in self._hearing.followers) if self._hearing is not None else 0

    @property
    def is_listening(self) -> bool:
        """Is there a line to the database? Only while somebody follows."""
        return self._hearing is not None

    def leave(self, following: Following) -> None:
        """Be told no more."""
        if self._hearing is not None:
            self._hearing.followers.discard(following)

    def end(self) -> None:
        """Tell everybody who follows that the service ends, before it waits for the requests under way."""
        self.ended.set()
        if self._hearing is not None:
            _end_all(self._hearing)

    async def close(self) -> None:
        """End, and let the connection go."""
        self.end()
        if self._hearing is not None:  # cancelled while it connects, it would leave the connection behind
            await self._hearing.begun.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _heard(self) -> _Hearing:
        """The line that everybody shares, opened for the first. Raises Unavailable."""
        if self._hearing is None and not self.ended.is_set():
            self._hearing = _Hearing()
            task = asyncio.create_task(self._hear(self._hearing))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        hearing = self._hearing
        if hearing is not None:
            await hearing.begun.wait()
        if hearing is None or hearing.is_over or self.ended.is_set():
            raise Unavailable
        return hearing

    async def _hear(self, hearing: _Hearing) -> None:
        """Tell of what is heard until nobody follows any more.

        A line that breaks ends what everybody follows: what was missed meanwhile is known to nobody, and neither is who
        may still see it. Clients read again what they follow, and subscribe anew.
        """
        try:
            async with self._feed.listening() as line:
                hearing.begun.set()
                while not hearing.is_over:
                    await line.wait(BETWEEN_LOOKS_S)
                    async with asyncio.timeout(LONGEST_LOOK_S):
                        await self._tell(hearing, line)
                    if not hearing.followers:
                        self._is_over(hearing)
        except (Unavailable, TimeoutError):
            log.warning("the database is away or busy; who follows changes has to begin anew")
        except Exception:
            log.exception("following changes failed; who follows them has to begin anew")
        finally:
            self._is_over(hearing)

    def _is_over(self, hearing: _Hearing) -> None:
        hearing.is_over = True
        hearing.begun.set()
        if self._hearing is hearing:
            self._hearing = None
        _end_all(hearing)

    async def _tell(self, hearing: _Hearing, line: Line) -> None:
        """Hand out what was heard, to those who may see it now."""
        told = await line.heard()
        # Whoever comes later has missed nothing of this. Rights are read after what happened, so that nobody is told of
        # what was done once they had lost them.
        followers = [*hearing.followers]
        rights = await line.rights({each.actor.session_id for each in followers if each.actor.session_id is not None})
        now = self._clock.now()
        for following in followers:
            following.tell(told, rights, now)


def _end_all(hearing: _Hearing) -> None:
    for following in [*hearing.followers]:
        following.end(Unavailable())


def _require_room(followers: Collection[Following], actor: Actor) -> None:
    if len(followers) >= MOST_FOLLOWERS:
        raise Unavailable("Too many follow changes at the moment. Try again later.")
    if sum(each.actor.user_id == actor.user_id for each in followers) >= MOST_PER_ACCOUNT:
        raise BadUserInput(f"An account follows at most {MOST_PER_ACCOUNT} streams at once.")
