"""Facts about what a request leaves behind: nothing that has to be searched for, least of all when it is refused."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable

import pytest

from gql_users.security import passwords
from tests.door import PASSWORD, Door, Person

SERVICE_INFO = "{ serviceInfo { version } }"
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { errors { code } } }"
PATCH = "mutation ($input: PatchUserInput!) { patchUser(input: $input) { errors { code } } }"
MANY = 20


async def garbage_of(ask: Callable[[], Awaitable[object]]) -> float:
    """How many objects a request leaves to the garbage collector, on average."""
    for _ in range(3):  # what is made once is made now
        await ask()
    gc.collect()
    gc.disable()
    try:
        for _ in range(MANY):
            await ask()
        return gc.collect() / MANY
    finally:
        gc.enable()


@pytest.mark.parametrize("kind", ["UNAVAILABLE", "INVALID", "UNAUTHENTICATED"])
async def test_a_refusal_leaves_no_more_to_the_garbage_collector_than_an_answer(
    door: Door, a_member: Person, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    member = {"email": a_member.email, "password": PASSWORD}
    asked = {
        "UNAVAILABLE": (LOGIN, member),
        "INVALID": (LOGIN, {**member, "username": "somebody"}),
        "UNAUTHENTICATED": (PATCH, {"id": a_member.id, "name": "Somebody"}),
    }
    document, given = asked[kind]
    monkeypatch.setattr(passwords, "MOST_ON_THE_WAY", 0 if kind == "UNAVAILABLE" else passwords.MOST_ON_THE_WAY)

    answers = await garbage_of(lambda: door.answer(SERVICE_INFO))
    refusals = await garbage_of(lambda: door.answer(document, {"input": given}))

    assert kind in (await door.answer(document, {"input": given})).text
    assert refusals <= answers + 1
