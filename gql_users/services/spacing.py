"""Spacing: letters follow each other more and more slowly, whoever asks for them, known address or not."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.access import Client
from gql_users.clock import Clock
from gql_users.errors import RateLimited
from gql_users.repositories.unit_of_work import UnitOfWork
from gql_users.security.throttle import Limit, Names, Tries

ANY_NETWORK = ""

# Letters that may be asked for before the next one has to wait: about one address, and by one network.
TO_ONE = Limit(1)
BY_ONE = Limit(30)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Counts letters as the throttle counts attempts, in the same table."""

    clock: Clock
    names: Names

    async def space(self, work: UnitOfWork, about: str, client: Client) -> None:
        """Count a letter about something, in the unit of work that writes it.

        Raises RateLimited when it comes too soon after others, alike whether anybody would get it.
        """
        now = self.clock.now()
        to_one = (self.names.account(f"letters {about}"), ANY_NETWORK)
        by_one = (self.names.account("letters"), self.names.network(client.ip_address))
        rows = await work.attempts.lock([to_one, by_one], now=now)
        counted = [
            (rows[pair], limit, Tries(failed=rows[pair].failed, failed_at=rows[pair].failed_at))
            for pair, limit in ((to_one, TO_ONE), (by_one, BY_ONE))
        ]
        wait = max(limit.wait_seconds(tries, now) for _, limit, tries in counted)
        if wait:
            raise RateLimited(wait)
        for row, limit, tries in counted:
            row.failed = limit.forgiving(tries.as_of(now), now).failed + 1
            row.failed_at = row.reserved_at = now
        await work.attempts.save()
