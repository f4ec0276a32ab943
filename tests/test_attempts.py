"""Facts about counting attempts while somebody else forgets them."""

from __future__ import annotations

import asyncio

from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.door import Door, Person


async def test_guesses_beside_unlocking_are_judged_each_and_never_break(
    door: Door, services: Services, a_member: Person
) -> None:
    async def unlock() -> None:
        for _ in range(20):
            await services.administration.unlock(OPERATOR, a_member.database_id)
            await asyncio.sleep(0)

    wrong = {"email": a_member.email, "password": "not the password"}
    guessing = asyncio.gather(*(door.codes("login", wrong) for _ in range(40)))
    await unlock()
    answers = await guessing

    assert {code for answer in answers for code, _ in answer} <= {"INVALID_CREDENTIALS", "RATE_LIMITED"}
