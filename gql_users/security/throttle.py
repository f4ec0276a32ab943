"""How often somebody may try: how many failures are free, how long to wait after more, and who counts as one."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from math import ceil

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)

# The longest that anything counts.
FORGOTTEN_AFTER = A_DAY

# Verifying a password takes milliseconds: who reserved an attempt and has said nothing for so long is gone.
ABANDONED_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Tries:
    """What is known of past tries: those that failed, and those that are under way."""

    failed: int = 0
    pending: int = 0
    reserved_at: datetime | None = None
    failed_at: datetime | None = None

    def as_of(self, now: datetime) -> Tries:
        """The same as it counts now: what was abandoned has failed."""
        if self.pending and self.reserved_at is not None and now - self.reserved_at >= ABANDONED_AFTER:
            return Tries(self.failed + self.pending, 0, self.reserved_at, self.reserved_at)
        return self


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures are free. After that each one doubles the wait, up to the longest.

    It never becomes a lock: after each wait there is one more try. Failures are forgiven one by one, as many `within`
    that time as are free, so that a slip now and then never adds up; and all of them after that time without another.
    """

    free: int
    within: timedelta = AN_HOUR
    first_wait: timedelta = FIRST_WAIT
    longest_wait: timedelta = LONGEST_WAIT

    @classmethod
    def a_day(cls, free: int) -> Limit:
        """So many failures, and after that as many a day, evenly."""
        return cls(free, within=A_DAY, first_wait=A_DAY / free, longest_wait=A_DAY / free)

    def wait_seconds(self, tries: Tries, now: datetime) -> int:
        """How long until the next try may begin; 0 when it may begin now, or as soon as others are through."""
        if tries.failed_at is None:
            return 0
        return max(0, ceil((tries.failed_at + self._wait(tries) - now).total_seconds()))

    def forgiving(self, tries: Tries, now: datetime) -> Tries:
        """The same without the failures that time has made good since the last one, and since the wait for it."""
        if tries.failed_at is None:
            return tries
        since = now - tries.failed_at
        if since >= self.within:
            return replace(tries, failed=0, failed_at=None)
        good = max(timedelta(0), since - self._wait(tries))
        return replace(tries, failed=max(0, tries.failed - good // (self.within / self.free)))

    def has_room(self, tries: Tries) -> bool:
        """May one more begin beside those under way, supposing that all of them fail?"""
        return tries.pending < max(1, self.free - tries.failed)

    def _wait(self, tries: Tries) -> timedelta:
        if tries.failed < self.free:
            return timedelta(0)
        return min(self.first_wait * (1 << min(tries.failed - self.free, 10)), self.longest_wait)


@dataclass(frozen=True, slots=True)
class Names:
    """Writes accounts and networks down as keyed hashes, so that what is counted names nobody.

    `key` is 32 secret bytes.
    """

    key: bytes

    def account(self, text: str) -> str:
        """An account, or whatever else is counted by itself."""
        return self._hash(f"account {text}")

    def network(self, ip_address: str | None) -> str:
        """The network of a client."""
        return self._hash(f"network {network_of(ip_address or '')}")

    def _hash(self, text: str) -> str:
        content = text.encode("utf-8", "surrogatepass")
        return blake2b(content, key=self.key, digest_size=16).hexdigest()


def network_of(ip_address: str) -> str:
    """What one client can be expected to have of addresses: one of IPv4, or a /64 of IPv6."""
    try:
        address = ipaddress.ip_address(ip_address.partition("%")[0])
    except ValueError:
        return ip_address
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
