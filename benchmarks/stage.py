"""Where benchmarks take place: one PostgreSQL, a database of a million users, and how long to look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from benchmarks.cluster import Cluster
from benchmarks.driving import NotMeasuredError
from benchmarks.people import People

A_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of benchmarks, and what in it could not be measured. A quick one shows that all works."""

    cluster: Cluster
    people: People
    is_quick: bool
    failures: list[str] = field(default_factory=list)

    seconds: ClassVar[int] = 2
    """How long one drive takes: many short ones in turn share the noise of a machine better than a few long ones."""

    @contextmanager
    def noting_failures(self, name: str) -> Iterator[None]:
        """Go on with what comes after the block when something in it answers wrongly."""
        try:
            yield
        except NotMeasuredError as error:
            self.failures.append(f"{name}: {error}")

    @property
    def connections(self) -> tuple[int, ...]:
        """How many ask at the same time."""
        return (16,) if self.is_quick else (1, 16, 64)

    @property
    def rounds(self) -> int:
        """How often each is driven, in turn; the median counts."""
        return 1 if self.is_quick else 5


@asynccontextmanager
async def a_stage(cluster: Cluster, *, is_quick: bool) -> AsyncIterator[Stage]:
    """A stage, for as long as the block runs."""
    async with cluster.copied(A_MILLION) as database:
        people = People(cluster, database, A_MILLION)
        # Production has been up for long: what is read often lies in memory.
        await cluster.run("SELECT count(*), sum(length(u::text)) FROM users AS u", database)
        yield Stage(cluster, people, is_quick)
