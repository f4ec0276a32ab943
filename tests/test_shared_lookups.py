"""Facts about lookups that many ask for at the same moment: they share a statement, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.errors import Unavailable
from gql_users.repositories.driver import Driver, drive
from gql_users.repositories.reading_users import UserReader
from gql_users.repositories.together import MOST_KEYS, MOST_UNDER_WAY, Together
from gql_users.services import Services
from gql_users.services.accounts import Profile
from tests.door import Door, Person


class Shelf:
    """Something to look things up in, that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Sequence[int]] = []
        self.has_been_asked = [asyncio.Event() for _ in range(9)]
        self.answering = asyncio.Event()
        self.failure: Exception | None = None
        self.edition = 0

    async def look_up(self, keys: Sequence[int]) -> Mapping[int, str]:
        self.has_been_asked[len(self.asked)].set()
        self.asked.append(keys)
        edition = self.edition
        await self.answering.wait()
        if self.failure is not None:
            raise self.failure
        return {key: f"{key} of {edition}" for key in keys if key >= 0}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def together(shelf: Shelf) -> Together[int, str]:
    return Together(shelf.look_up)


@pytest.fixture
async def driver(settings: Settings) -> AsyncIterator[Driver]:
    driver = drive(settings)
    yield driver
    await driver.close()


async def asked(together: Together[int, str], *keys: int) -> list[asyncio.Future[str | None]]:
    """Several who ask in the same turn of the event loop, whose statement has begun if there is room for one."""
    tasks = [asyncio.ensure_future(together.find(key)) for key in keys]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_who_asks_at_the_same_moment_shares_a_statement(shelf: Shelf, together: Together[int, str]) -> None:
    shelf.answering.set()

    answers = await asyncio.gather(*(together.find(key) for key in (1, 2, 2, -1)))

    assert answers == ["1 of 0", "2 of 0", "2 of 0", None]
    assert shelf.asked == [[1, 2, 2, -1]]


async def test_one_statement_asks_for_so_many_and_no_more(shelf: Shelf, together: Together[int, str]) -> None:
    shelf.answering.set()

    answers = await asyncio.gather(*(together.find(key) for key in range(MOST_KEYS + 1)))

    assert len(answers) == MOST_KEYS + 1
    assert [len(keys) for keys in shelf.asked] == [MOST_KEYS, 1]


async def test_who_asks_later_is_told_nothing_from_before(shelf: Shelf, together: Together[int, str]) -> None:
    early = await asked(together, 1)
    shelf.edition = 1
    late = await asked(together, 1)

    shelf.answering.set()

    assert [await task for task in (*early, *late)] == ["1 of 0", "1 of 1"]


async def test_what_is_asked_while_statements_are_under_way_waits_for_one_of_them(
    shelf: Shelf, together: Together[int, str]
) -> None:
    for number in range(MOST_UNDER_WAY):
        await asked(together, number)
    waiting = [*await asked(together, 10), *await asked(together, 11)]
    begun = len(shelf.asked)

    shelf.answering.set()

    assert [await task for task in waiting] == ["10 of 0", "11 of 0"]
    assert (begun, shelf.asked[MOST_UNDER_WAY:]) == (MOST_UNDER_WAY, [[10, 11]])


async def test_a_statement_that_takes_long_holds_nobody_up(shelf: Shelf, together: Together[int, str]) -> None:
    for number in range(MOST_UNDER_WAY):
        await asked(together, number)
    (waiting,) = await asked(together, 10)

    async with asyncio.timeout(30):
        await shelf.has_been_asked[MOST_UNDER_WAY].wait()  # without any of the others having been answered

    shelf.answering.set()
    assert await waiting == "10 of 0"


async def test_who_gives_up_harms_nobody_else(shelf: Shelf, together: Together[int, str]) -> None:
    first, second = await asked(together, 1, 1)
    waiting, given_up = await asked(together, 2, 2)

    first.cancel()
    given_up.cancel()
    shelf.answering.set()

    assert (await second, await waiting) == ("1 of 0", "2 of 0")
    assert await asyncio.gather(first, given_up, return_exceptions=True)
    assert first.cancelled()
    assert given_up.cancelled()


async def test_a_failing_statement_fails_all_who_wait_for_it_and_nobody_after(
    shelf: Shelf, together: Together[int, str]
) -> None:
    shelf.failure = Unavailable()
    tasks = await asked(together, 1, 2)
    shelf.answering.set()
    failures = await asyncio.gather(*tasks, return_exceptions=True)

    shelf.failure = None

    assert [type(each) for each in failures] == [Unavailable, Unavailable]
    assert await together.find(3) == "3 of 0"


@pytest.mark.usefixtures("door")
async def test_people_are_looked_up_together_each_as_they_are(
    services: Services, driver: Driver, statements: list[str]
) -> None:
    users = [await services.administration.create(OPERATOR, f"{n}@example.com", Profile(age=n)) for n in range(20, 30)]
    reader, statements[:] = UserReader(driver), []

    found = await asyncio.gather(*(reader.find(user.id, frozenset({"age"})) for user in users), reader.find(4711))

    assert [user and user.age for user in found] == [*range(20, 30), None]
    # One for whom an age was asked for, and one for the others.
    assert len(statements) == 2


async def test_a_number_that_no_column_can_hold_is_nobody_and_asks_nothing(
    driver: Driver, statements: list[str]
) -> None:
    reader = UserReader(driver)

    found = [await reader.find(number) for number in (-1, 0, 2**63)], await reader.find_many([-1, 2**63])

    assert found == ([None, None, None], {})
    assert statements == []


async def test_requests_that_arrive_together_see_each_their_own(
    as_admin: Door, an_admin: Person, a_member: Person
) -> None:
    people = [an_admin, a_member] * 10

    async def email(person: Person) -> str:
        found = await as_admin.ask("query ($by: UserBy!) { user(by: $by) { email } }", by={"id": person.id})
        return str(found["user"]["email"])

    emails = await asyncio.gather(*(email(person) for person in people))

    assert emails == ["admin@example.com", "member@example.com"] * 10


async def test_a_reader_sees_what_was_written_before_it_asked(as_admin: Door, a_member: Person) -> None:
    async def patch_and_look(age: int) -> int:
        await as_admin.done("patchUser", {"id": a_member.id, "age": age})
        found = await as_admin.ask("query ($by: UserBy!) { user(by: $by) { age } }", by={"id": a_member.id})
        return int(found["user"]["age"])

    async def look() -> None:
        await as_admin.ask("query ($by: UserBy!) { user(by: $by) { age } }", by={"id": a_member.id})

    for age in range(20, 30):
        seen, *_ = await asyncio.gather(patch_and_look(age), *(look() for _ in range(5)))

        assert seen == age
