"""The throttle: guessing passwords gets slow, whoever guesses, through whichever door, on however many replicas."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from gql_users.access import Actor
from gql_users.clock import Clock
from gql_users.errors import Conflict, InvalidCredentials, RateLimited, Refusal
from gql_users.events import EventKind, Happened
from gql_users.repositories.attempts import Counted, Pair
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.passwords import Passwords
from gql_users.security.throttle import Limit, Names, Tries
from gql_users.services.turns import Turns

ANY_ACCOUNT = ANY_NETWORK = ""

# Attempts under way are soon over: worth waiting for, instead of refusing who knows the password.
LONGEST_TURN_S = 10.0
FIRST_LOOK_S = 0.02
RAREST_LOOK_S = 0.5

Limited = tuple[tuple[Pair, Limit], ...]


@dataclass(slots=True)
class Reserved:
    """An attempt that was let in: it is counted already, until it turns out well. `user_id` is whom it is about."""

    limited: Limited
    by: Actor
    hasher: Passwords | None = None
    user_id: int | None = None

    @property
    def pairs(self) -> list[Pair]:
        """What it counts towards."""
        return [pair for pair, _ in self.limited]


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts attempts in the database before anything is verified, so that no parallel request is faster."""

    unit_of_work: UnitsOfWork
    clock: Clock
    names: Names
    per_account: Limit
    per_network: Limit
    _turns: Turns = field(default_factory=Turns)

    @asynccontextmanager
    async def proving(
        self,
        account: str,
        by: Actor,
        *,
        failure: type[Refusal] = InvalidCredentials,
        told_as: EventKind | None = EventKind.SIGN_IN_REFUSED,
        anywhere: Limit | None = None,
        hasher: Passwords | None = None,
    ) -> AsyncIterator[Reserved]:
        """One attempt to prove that one knows a secret of an account, reserved before the block runs.

        Raises RateLimited when it is not yet time for one. A `failure` out of the block counts as one, in
        a unit of its own; the block itself gives the attempt to `succeeded` in the unit of what it does. Anything else
        that goes wrong proves nothing, and gives the attempt back. `account` is the same text for whatever is the same
        account, and tells nothing about whether it exists. `anywhere` is a limit for it over all networks. `hasher` has
        to have room for it, or raises Unavailable before anything is counted.
        """
        name, network = self.names.account(account), self.names.network(by.client.ip_address)
        limited: Limited = ((name, network), self.per_account), ((ANY_ACCOUNT, network), self.per_network)
        if anywhere is not None:
            limited = *limited, ((name, ANY_NETWORK), anywhere)
        async with self._try(reserved := Reserved(limited, by, hasher), failure, told_as):
            yield reserved

    @asynccontextmanager
    async def claiming(self, by: Actor, *, hasher: Passwords | None = None) -> AsyncIterator[Reserved]:
        """One attempt to claim an address or a username. That it is taken counts as a failure, as with `proving`.

        Otherwise a registration form would tell fast who has an account.
        """
        limited = (((self.names.account("claims"), self.names.network(by.client.ip_address)), self.per_network),)
        async with self._try(reserved := Reserved(limited, by, hasher), Conflict, told_as=None):
            yield reserved

    async def succeeded(self, work: UnitOfWork, reserved: Reserved) -> None:
        """Give an attempt back, in somebody's unit of work; the account's earlier failures are forgotten."""
        known = reserved.pairs if reserved.user_id is not None else ()
        await work.attempts.give_back(reserved.pairs, forgiven=[pair for pair in known if pair[0] != ANY_ACCOUNT])

    async def forget_accounts(self, work: UnitOfWork, accounts: Sequence[str]) -> None:
        """Let everybody try these accounts again at once, in somebody's unit of work."""
        await work.attempts.forget_accounts([self.names.account(account) for account in accounts])

    async def forget_network(self, work: UnitOfWork, ip_address: str) -> None:
        """Let a network try again at once, in somebody's unit of work."""
        await work.attempts.forget_network(self.names.network(ip_address))

    @asynccontextmanager
    async def _try(self, reserved: Reserved, failure: type[Refusal], told_as: EventKind | None) -> AsyncIterator[None]:
        with reserved.hasher.place() if reserved.hasher is not None else nullcontext():
            async with await self._take_turn(reserved):
                try:
                    yield
                except failure:
                    async with self._turns.of(reserved.pairs):
                        await self._failed(reserved, told_as)
                    raise
                except BaseException:
                    async with self._turns.of(reserved.pairs):
                        await self._gave_up(reserved)
                    raise

    async def _take_turn(self, reserved: Reserved) -> AsyncExitStack:
        """Wait for those under way, and then begin. What is held until the attempt is over. Raises RateLimited."""
        look, waited = FIRST_LOOK_S, 0.0
        while True:
            async with AsyncExitStack() as held:
                if reserved.hasher is not None:
                    await held.enter_async_context(reserved.hasher.turn)
                if await self._is_let_in(reserved):
                    return held.pop_all()
            if waited >= LONGEST_TURN_S:
                raise RateLimited(1)
            pause = random.uniform(look / 2, look)  # noqa: S311 - spreads, hides nothing
            await asyncio.sleep(pause)
            waited, look = waited + pause, min(look * 2, RAREST_LOOK_S)

    async def _is_let_in(self, reserved: Reserved) -> bool:
        """Count the attempt as under way, if there is room beside the others. Raises RateLimited."""
        async with self._turns.of(reserved.pairs):
            async with self.unit_of_work.reading() as work:
                seen = await work.attempts.find_many(reserved.pairs)
            return self._has_room(reserved, seen) and await self._begin(reserved)

    @repeated_on_collision
    async def _begin(self, reserved: Reserved) -> bool:
        now = self.clock.now()
        async with self.unit_of_work() as work:
            rows = await work.attempts.lock(reserved.pairs, now=now)
            if not self._has_room(reserved, rows):
                return False
            for row in rows.values():
                tries = _tries(row).as_of(now)
                row.failed, row.failed_at = tries.failed, tries.failed_at
                row.pending, row.reserved_at = tries.pending + 1, now
            await work.attempts.save(rows)
        return True

    def _has_room(self, reserved: Reserved, rows: Mapping[Pair, Counted]) -> bool:
        """May another attempt begin beside those under way? Raises RateLimited when it has to wait for a time."""
        now = self.clock.now()
        known = {pair: _tries(row).as_of(now) for pair, row in rows.items()}
        counted = [(limit, known.get(pair, Tries())) for pair, limit in reserved.limited]
        wait = max(limit.wait_seconds(tries, now) for limit, tries in counted)
        if wait:
            raise RateLimited(wait)
        return all(limit.has_room(limit.forgiving(tries, now)) for limit, tries in counted)

    @repeated_on_collision
    async def _failed(self, reserved: Reserved, told_as: EventKind | None) -> None:
        """Count a failure, in a unit of its own: the refusal that follows must not undo it."""
        now = self.clock.now()
        async with self.unit_of_work() as work:
            rows = await work.attempts.lock(reserved.pairs, now=now)
            for pair, limit in reserved.limited:
                row, tries = rows[pair], limit.forgiving(_tries(rows[pair]), now)
                row.failed, row.failed_at, row.pending = tries.failed + 1, now, max(0, tries.pending - 1)
            await work.attempts.save(rows)
            if told_as is not None:
                await work.events.add(Happened(told_as, now, reserved.by, reserved.user_id))
            wait = max(limit.wait_seconds(_tries(rows[pair]), now) for pair, limit in reserved.limited)
            if wait:
                details = {"retryAfterSeconds": wait}
                await work.events.add(Happened(EventKind.THROTTLED, now, reserved.by, reserved.user_id, details))

    @repeated_on_collision
    async def _gave_up(self, reserved: Reserved) -> None:
        async with self.unit_of_work() as work:
            await work.attempts.give_back(reserved.pairs)


def _tries(row: Counted) -> Tries:
    return Tries(row.failed, row.pending, row.reserved_at, row.failed_at)
