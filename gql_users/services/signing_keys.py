"""The keys that sign access tokens: shared by every replica, and replaced without anybody noticing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from gql_users import models
from gql_users.access import OPERATOR, Actor, can_manage_keys, require
from gql_users.clock import Clock
from gql_users.errors import TokenInvalid, Unavailable
from gql_users.events import EventKind, Happened
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.signing import (
    VERIFIED_AFTER_RETIREMENT,
    Algorithm,
    SealBrokenError,
    SigningKey,
    Vault,
    VerifyingKey,
    new_key,
    public_jwk,
    verifying_key,
)

log = logging.getLogger("gql_users.signing_keys")

# A replica looks at the table so often, however many tokens with unknown keys are thrown at it.
FRESH_S = 1.0
BETWEEN_LOOKS_S = 0.1

ANOTHER_SECRET = "a signing key belongs to another secret; `gql-users keys rotate` makes new ones"  # noqa: S105 - a message


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What an operator sees of a key."""

    kid: str
    algorithm: str
    state: str
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None


@dataclass(slots=True)
class _Ring:
    """What one process knows of the keys, and since when (seconds of a clock that only goes forward)."""

    active: SigningKey | None = None
    verifying: Mapping[str, VerifyingKey] = field(default_factory=dict)
    published: Sequence[dict[str, Any]] = ()
    looked_at: float = float("-inf")
    looking: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Which key signs now, and which ones verify."""

    unit_of_work: UnitsOfWork
    clock: Clock
    vault: Vault
    algorithm: Algorithm
    _ring: _Ring = field(default_factory=_Ring)

    async def active(self) -> SigningKey:
        """The key that signs now; the first one is made at first use. Raises Unavailable."""
        await self._look_unless_fresh()
        if self._ring.active is None:
            raise Unavailable
        return self._ring.active

    async def verifying(self, kid: str) -> VerifyingKey:
        """The key of this name. Raises TokenInvalid when no token signed with it can be good, and Unavailable."""
        if self._is_stale:
            await self._look()
        # Another replica may have begun to sign with it since, even while a look was under way.
        for _ in range(2):
            if kid in self._ring.verifying:
                return self._ring.verifying[kid]
            await self._look()
        raise TokenInvalid

    async def published(self) -> Sequence[dict[str, Any]]:
        """The public halves of all keys that sign, will sign, or have signed what is still good (RFC 7517)."""
        await self._look_unless_fresh()
        return self._ring.published

    async def list(self, actor: Actor) -> Sequence[KeyFacts]:
        """Every key, the newest first. Raises Forbidden."""
        require(can_manage_keys(actor), actor)
        await self._look_unless_fresh()
        async with self.unit_of_work.reading() as work:
            rows = await work.signing_keys.all()
        return [KeyFacts(*(getattr(row, fact.name) for fact in fields(KeyFacts))) for row in rows]

    @repeated_on_collision
    async def rotate(self, actor: Actor) -> str:
        """Let the next key sign, retire the present one, and publish another next one. The name of the new active key.

        What the retired key signed stays good until it expires. A next key that this installation's secret does not
        open is passed over, for one that nobody has seen yet. Raises Forbidden and Unavailable.
        """
        require(can_manage_keys(actor), actor)
        fresh, following = await self._two_new()
        now = self.clock.now()
        async with self.unit_of_work() as work:
            by_state = {row.state: row for row in await work.signing_keys.all()}
            if "active" in by_state:
                await work.signing_keys.retire(by_state["active"].kid, "active", now=now)
            chosen = by_state.get("next")
            if chosen is not None and self._opened(chosen):
                await work.signing_keys.activate(chosen.kid, now=now)
                kid = chosen.kid
            else:
                if chosen is not None:
                    await work.signing_keys.retire(chosen.kid, "next", now=now)
                await self._add(work, fresh, "active", now)
                kid = fresh.kid
            await self._add(work, following, "next", now)
            await work.events.add(Happened(EventKind.KEY_ROTATED, now, actor, details={"kid": kid}))
        self._ring.looked_at = float("-inf")
        return kid

    @property
    def _is_stale(self) -> bool:
        return time.monotonic() - self._ring.looked_at >= FRESH_S

    async def _look_unless_fresh(self) -> None:
        if self._is_stale:
            await self._look()

    async def _look(self) -> None:
        """See what the table says, together with everybody who wants to know at this moment."""
        if self._ring.looking is None or self._ring.looking.done():
            self._ring.looking = asyncio.create_task(self._look_in_turn())
        await asyncio.shield(self._ring.looking)

    async def _look_in_turn(self) -> None:
        await asyncio.sleep(max(0.0, self._ring.looked_at + BETWEEN_LOOKS_S - time.monotonic()))
        looked_at = time.monotonic()
        async with self.unit_of_work.reading() as work:
            rows = await work.signing_keys.all()
        if not any(row.state == "active" for row in rows):
            rows = await self._begin()
        self._ring.active = next((self._opened(row) for row in rows if row.state == "active"), None)
        over = self.clock.now() - VERIFIED_AFTER_RETIREMENT
        known = [row for row in rows if row.retired_at is None or row.retired_at > over]
        self._ring.verifying = {row.kid: verifying_key(row.public_jwk) for row in known}
        self._ring.published = [row.public_jwk for row in known]
        self._ring.looked_at = looked_at

    @repeated_on_collision
    async def _begin(self) -> Sequence[models.SigningKey]:
        """Make the first keys, unless another replica is faster."""
        now = self.clock.now()
        first, following = await self._two_new()
        async with self.unit_of_work() as work:
            rows = await work.signing_keys.all()
            if not any(row.state == "active" for row in rows):
                await self._add(work, first, "active", now)
                await self._add(work, following, "next", now)
                await work.events.add(Happened(EventKind.KEY_ROTATED, now, OPERATOR, details={"kid": first.kid}))
                rows = await work.signing_keys.all()
        return rows

    async def _two_new(self) -> tuple[SigningKey, SigningKey]:
        # Beside the event loop, because an RSA key takes its time, in a thread that does not stay for so rare a deed.
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1) as beside:
            return await loop.run_in_executor(beside, lambda: (new_key(self.algorithm), new_key(self.algorithm)))

    async def _add(self, work: UnitOfWork, key: SigningKey, state: str, now: datetime) -> None:
        row = models.SigningKey(
            kid=key.kid,
            algorithm=key.algorithm.value,
            state=state,
            public_jwk=public_jwk(key),
            sealed_private_key=self.vault.seal(key),
            created_at=now,
            activated_at=now if state == "active" else None,
        )
        await work.signing_keys.add(row)

    def _opened(self, row: models.SigningKey) -> SigningKey | None:
        try:
            return self.vault.open(row.sealed_private_key, row.kid, Algorithm(row.algorithm))
        except SealBrokenError:
            # A setting is to blame, and no line of the code: where it was raised would tell nothing.
            log.error(ANOTHER_SECRET, extra={"kid": row.kid})  # noqa: TRY400 - as above
            return None
