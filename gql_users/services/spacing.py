"""Spacing: letters follow each other more and more slowly, whoever asks for them, known address or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from gql_users.access import Client
from gql_users.clock import Clock
from gql_users.errors import RateLimited
from gql_users.repositories.attempts import Counted, Pair
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.throttle import Limit, Names, Tries
from gql_users.services.throttle import ANY_NETWORK
from gql_users.services.turns import Turns

# Letters that may be asked for before the next one has to wait: about one address, and by one network.
TO_ONE = Limit(1)
# Any account may ask to move to any address: all of them together for the same one.
BY_ALL = Limit(3)
BY_ONE = Limit(30)
# Each registration means a letter to an address that may be a stranger's; a whole office registers from one network.
REGISTERED_BY_ONE = Limit(100)

Limits = Mapping[Pair, Limit]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a letter counts towards that somebody asked for: what it is about, and the network it was asked from."""

    about: dict[Pair, Limit]
    by: Limits


@dataclass(frozen=True, slots=True)
class Spacing:
    """Counts letters as the throttle counts attempts, in the same table."""

    unit_of_work: UnitsOfWork
    clock: Clock
    names: Names
    _turns: Turns = field(default_factory=Turns)

    @asynccontextmanager
    async def asking(self, about: str, client: Client, *, by_all: str | None = None) -> AsyncIterator[Asked]:
        """The turn of somebody who asks for a letter about something; `is_due` counts it inside the block.

        `by_all` is what the letters of several accounts are about, where each asks for itself.
        Raises RateLimited when their network asked for too many, before anything is written or locked: a crowd that
        waited inside the database would hold every connection of the pool.
        """
        asked = Asked({self._to_one(about): TO_ONE}, {self._by_one("letters", client): BY_ONE})
        if by_all is not None:
            asked.about[self._to_one(by_all)] = BY_ALL
        async with self._turns.of([*asked.about, *asked.by]):
            async with self.unit_of_work.reading() as work:
                seen = await work.attempts.find_many([*asked.by])
            _require_room(seen, asked.by, self.clock.now())
            yield asked

    async def is_due(self, work: UnitOfWork, asked: Asked) -> bool:
        """Count a letter, in the unit of work that writes it: is it to be written at all?

        Not when it comes too soon after others about the same. Whoever asks is told nothing of that: otherwise a
        stranger who asks all the time would have the owner of an address refused. Raises RateLimited as `asking` does.
        """
        now = self.clock.now()
        rows = await work.attempts.lock([*asked.about, *asked.by], now=now)
        _require_room(rows, asked.by, now)
        is_due = _wait(rows, asked.about, now) == 0
        _count(rows, {**asked.by, **asked.about} if is_due else asked.by, now)
        await work.attempts.save(rows)
        return is_due

    @repeated_on_collision
    async def count_registration(self, client: Client, *, about: str | None = None) -> None:
        """Count a registration by its network; and about an address, where one address can be registered repeatedly.

        In units of its own, before anything is hashed, and before an address that is taken is told. Raises RateLimited
        when it comes too soon after others, alike whether the address is taken.
        """
        limits = {self._by_one("registrations", client): REGISTERED_BY_ONE}
        if about is not None:
            limits[self._to_one(f"registration {about}")] = TO_ONE
        async with self._turns.of([*limits]):
            async with self.unit_of_work.reading() as work:
                seen = await work.attempts.find_many([*limits])
            now = self.clock.now()
            _require_room(seen, limits, now)
            async with self.unit_of_work() as work:
                rows = await work.attempts.lock([*limits], now=now)
                _require_room(rows, limits, now)
                _count(rows, limits, now)
                await work.attempts.save(rows)

    def _to_one(self, about: str) -> Pair:
        return self.names.account(f"letters {about}"), ANY_NETWORK

    def _by_one(self, what: str, client: Client) -> Pair:
        return self.names.account(what), self.names.network(client.ip_address)


def _require_room(rows: Mapping[Pair, Counted], limits: Limits, now: datetime) -> None:
    wait = _wait(rows, limits, now)
    if wait:
        raise RateLimited(wait)


def _wait(rows: Mapping[Pair, Counted], limits: Limits, now: datetime) -> int:
    """How many seconds until the next one, by the strictest of the limits."""
    return max(limit.wait_seconds(_tries(rows[pair]), now) if pair in rows else 0 for pair, limit in limits.items())


def _count(rows: Mapping[Pair, Counted], limits: Limits, now: datetime) -> None:
    for pair, limit in limits.items():
        row = rows[pair]
        row.failed = limit.forgiving(_tries(row), now).failed + 1
        row.failed_at = row.reserved_at = now


def _tries(row: Counted) -> Tries:
    return Tries(failed=row.failed, failed_at=row.failed_at)
