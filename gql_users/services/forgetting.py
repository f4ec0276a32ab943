"""Forgetting: what is long over leaves the tables, a little at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gql_users.clock import Clock
from gql_users.repositories.unit_of_work import UnitsOfWork
from gql_users.security.signing import VERIFIED_AFTER_RETIREMENT
from gql_users.security.throttle import FORGOTTEN_AFTER

# Small enough that nobody who signs in meanwhile notices.
PORTION = 1_000
SESSIONS_KEPT = timedelta(days=1)
SENT_KEPT = timedelta(days=1)
GIVEN_UP_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What is removed when its time has come."""

    unit_of_work: UnitsOfWork
    clock: Clock
    events_retention: timedelta
    idle_lifetime: timedelta

    async def run(self) -> None:
        """Remove events past their retention, and sessions, attempts, keys, letters and tokens that count no more."""
        now = self.clock.now()
        async with self.unit_of_work() as work:
            await work.attempts.forget(now - FORGOTTEN_AFTER)
            await work.signing_keys.forget(now - VERIFIED_AFTER_RETIREMENT)
            await work.one_time_tokens.forget(now)
            await work.letters.forget(sent_before=now - SENT_KEPT, given_up_before=now - GIVEN_UP_KEPT)
        forgotten = PORTION
        while forgotten == PORTION:
            async with self.unit_of_work() as work:
                forgotten = await work.events.forget(now - self.events_retention, PORTION)
        forgotten = PORTION
        while forgotten == PORTION:
            async with self.unit_of_work() as work:
                before = now - SESSIONS_KEPT
                forgotten = await work.sessions.forget(
                    over_before=before, refreshed_before=before - self.idle_lifetime, most=PORTION
                )
