"""Facts about transactions that get in each other's way on PostgreSQL: they are done again, but never after COMMIT."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from gql_users.errors import Unavailable
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.services import Services
from tests.databases import PostgreSQL
from tests.door import Door, Person

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def units(services: Services) -> UnitsOfWork:
    """The units of work of the running service."""
    return services.profiles.unit_of_work


@pytest.fixture
async def _strict(databases: PostgreSQL, database_url: str) -> None:
    """A database that refuses whatever could not have happened one after the other."""
    name = database_url.partition("?")[0].rpartition("/")[2]
    await databases.run(f"ALTER DATABASE {name} SET default_transaction_isolation = serializable")


async def age_of(door: Door, person: Person) -> int | None:
    age: int | None = (await door.as_(person).ask("{ me { age } }"))["me"]["age"]
    return age


async def test_of_two_in_a_deadlock_one_begins_again_and_both_succeed(
    door: Door, units: UnitsOfWork, a_member: Person, another_member: Person
) -> None:
    both_hold_one = asyncio.Barrier(2)
    attempts = 0

    @repeated_on_collision
    async def change_both(first: Person, second: Person) -> None:
        nonlocal attempts
        attempts += 1
        async with units() as work:
            await work.users.change(first.database_id, now=NOW, age=attempts)
            if attempts <= 2:
                await both_hold_one.wait()
            await work.users.change(second.database_id, now=NOW, age=attempts)

    await asyncio.gather(change_both(a_member, another_member), change_both(another_member, a_member))

    assert attempts == 3
    assert await age_of(door, a_member) == await age_of(door, another_member)


@dataclass
class Growth:
    """A use case that makes somebody a year older, and is overtaken by another such at its first attempts."""

    units: UnitsOfWork
    person: Person
    overtaken: int
    attempts: int = 0

    @repeated_on_collision
    async def happen(self) -> None:
        self.attempts += 1
        async with self.units() as work:
            age = await self._age(work)
            if self.attempts <= self.overtaken:
                async with self.units() as other:
                    await self._set(other, await self._age(other) + 1)
            await self._set(work, age + 1)

    async def _age(self, work: UnitOfWork) -> int:
        user = await work.users.find(self.person.database_id)
        return (user.age if user else None) or 0

    async def _set(self, work: UnitOfWork, age: int) -> None:
        await work.users.change(self.person.database_id, now=NOW, age=age)


@pytest.mark.usefixtures("_strict")
async def test_what_cannot_be_put_in_order_begins_again(door: Door, units: UnitsOfWork, a_member: Person) -> None:
    growth = Growth(units, a_member, overtaken=2)

    await growth.happen()

    assert growth.attempts == 3
    assert await age_of(door, a_member) == 3


@pytest.mark.usefixtures("_strict")
async def test_the_third_collision_is_the_last(door: Door, units: UnitsOfWork, a_member: Person) -> None:
    growth = Growth(units, a_member, overtaken=5)

    with pytest.raises(Unavailable):
        await growth.happen()

    assert growth.attempts == 3
    assert await age_of(door, a_member) == 3  # those who overtook it


@pytest.mark.usefixtures("_strict")
async def test_nothing_is_done_again_after_its_commit_was_sent(
    door: Door, units: UnitsOfWork, a_member: Person, another_member: Person
) -> None:
    both_have_written = asyncio.Barrier(2)
    attempts = 0

    @repeated_on_collision
    async def look_at_one_and_change_the_other(seen: Person, changed: Person) -> None:
        nonlocal attempts
        attempts += 1
        async with units() as work:
            await work.users.find(seen.database_id)
            await work.users.change(changed.database_id, now=NOW, age=attempts)
            if attempts <= 2:
                await both_have_written.wait()

    ended = await asyncio.gather(
        look_at_one_and_change_the_other(a_member, another_member),
        look_at_one_and_change_the_other(another_member, a_member),
        return_exceptions=True,
    )

    # PostgreSQL finds out at the second COMMIT that one of the two cannot have come first.
    assert [type(each) for each in ended if each is not None] == [Unavailable]
    assert attempts == 2
    assert None in {await age_of(door, a_member), await age_of(door, another_member)}
