"""Spacing: letters follow each other more and more slowly, whoever asks for them, known address or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gql_users.access import Client
from gql_users.clock import Clock
from gql_users.errors import RateLimited
from gql_users.repositories.attempts import Pair
from gql_users.repositories.unit_of_work import UnitOfWork
from gql_users.security.throttle import Limit, Names, Tries

ANY_NETWORK = ""

# Letters that may be asked for before the next one has to wait: about one address, and by one network.
TO_ONE = Limit(1)
BY_ONE = Limit(30)
# Each registration means a letter to an address that may be a stranger's; a whole office registers from one network.
REGISTERED_BY_ONE = Limit(100)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Counts letters as the throttle counts attempts, in the same table."""

    clock: Clock
    names: Names

    async def space(self, work: UnitOfWork, about: str, client: Client) -> None:
        """Count a letter about something, in the unit of work that writes it.

        Raises RateLimited when it comes too soon after others, alike whether anybody would get it.
        """
        await self._count(work, {self._to_one(about): TO_ONE, self._by_one("letters", client): BY_ONE})

    async def space_registration(self, work: UnitOfWork, client: Client, *, about: str | None = None) -> None:
        """Count a registration by its network; and about an address, where one address can be registered repeatedly.

        Raises RateLimited when it comes too soon after others, alike whether the address is taken.
        """
        limits = {self._by_one("registrations", client): REGISTERED_BY_ONE}
        if about is not None:
            limits[self._to_one(f"registration {about}")] = TO_ONE
        await self._count(work, limits)

    def _to_one(self, about: str) -> Pair:
        return self.names.account(f"letters {about}"), ANY_NETWORK

    def _by_one(self, what: str, client: Client) -> Pair:
        return self.names.account(what), self.names.network(client.ip_address)

    async def _count(self, work: UnitOfWork, limits: Mapping[Pair, Limit]) -> None:
        now = self.clock.now()
        rows = await work.attempts.lock([*limits], now=now)
        counted = [
            (rows[pair], limit, Tries(failed=rows[pair].failed, failed_at=rows[pair].failed_at))
            for pair, limit in limits.items()
        ]
        wait = max(limit.wait_seconds(tries, now) for _, limit, tries in counted)
        if wait:
            raise RateLimited(wait)
        for row, limit, tries in counted:
            row.failed = limit.forgiving(tries.as_of(now), now).failed + 1
            row.failed_at = row.reserved_at = now
        await work.attempts.save()
