"""Forgetting: what is long over leaves the tables, a little at a time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import product

from gql_users.clock import Clock
from gql_users.mail.kinds import LetterKind
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork
from gql_users.security.signing import VERIFIED_AFTER_RETIREMENT
from gql_users.security.throttle import FORGOTTEN_AFTER
from gql_users.services.letters import REGISTRATION, longest_wait

log = logging.getLogger("gql_users.delivery")

# Small enough that nobody who signs in meanwhile notices.
PORTION = 1_000
SESSIONS_KEPT = timedelta(days=1)
SENT_KEPT = timedelta(days=1)
GIVEN_UP_KEPT = timedelta(days=30)
# Whoever has not confirmed their address in so long will not. It may be somebody else's, who cannot have it meanwhile.
UNVERIFIED_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What is removed when its time has come."""

    unit_of_work: UnitsOfWork
    clock: Clock
    events_retention: timedelta
    idle_lifetime: timedelta
    needs_verified: bool

    async def run(self) -> None:
        """Remove events past their retention, and sessions, attempts, keys, letters and tokens that count no more.

        Where people verify their address before they sign in, accounts too that nobody has verified for long.
        """
        now = self.clock.now()
        async with self.unit_of_work() as work:
            await work.signing_keys.forget(now - VERIFIED_AFTER_RETIREMENT)
        await self._all(lambda work: work.attempts.forget(now - FORGOTTEN_AFTER, PORTION))
        await self._all(lambda work: work.one_time_tokens.forget(now, PORTION))
        await self._letters(now)
        if self.needs_verified:
            # While the events remember who made them.
            await self._all(lambda work: work.users.forget_unverified(now - UNVERIFIED_KEPT, PORTION))
        await self._all(lambda work: work.events.forget(now - self.events_retention, PORTION))
        before = now - SESSIONS_KEPT
        idle = before - self.idle_lifetime
        await self._all(lambda work: work.sessions.forget(over_before=before, refreshed_before=idle, most=PORTION))

    async def _letters(self, now: datetime) -> None:
        """Those that are done with, and those that wait where there is no mail server, until nobody wants them."""
        await self._all(lambda work: work.letters.forget_sent(now - SENT_KEPT, PORTION))
        await self._all(lambda work: work.letters.forget_given_up(now - GIVEN_UP_KEPT, PORTION))
        for kind, knows_user in product((REGISTRATION, *(kind.value for kind in LetterKind)), (True, False)):
            before = now - longest_wait(kind, knows_user=knows_user)
            withdrawn = await self._all(partial(_forget_waiting, kind=kind, knows_user=knows_user, before=before))
            if withdrawn:
                log.warning("letters were withdrawn: they waited for too long", extra={"kind": kind, "many": withdrawn})

    async def _all(self, forget: Callable[[UnitOfWork], Awaitable[int]]) -> int:
        """Forget portion after portion, each in a unit of its own. How many there were."""
        forgotten = [PORTION]
        while forgotten[-1] == PORTION:
            async with self.unit_of_work() as work:
                forgotten.append(await forget(work))
        return sum(forgotten[1:])


async def _forget_waiting(work: UnitOfWork, kind: str, knows_user: bool, before: datetime) -> int:
    return await work.letters.forget_waiting(kind, knows_user, before, PORTION)
