"""Facts about who is recognised: what ends here ends at once, and what ends elsewhere within a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from gql_users.access import OPERATOR
from gql_users.paging import PageRequest
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.replicas import Replica, opening

ME = "{ me { id } }"
RENAME = 'mutation ($id: ID!) { patchUser(input: {id: $id, name: "Another Name"}) { errors { code } } }'

WAYS_TO_END_IT = ("revoked", "signed out", "deactivated", "deleted", "password changed elsewhere")


@pytest.fixture
async def elsewhere(make_settings: MakeSettings, clock: SettableClock) -> AsyncIterator[Replica]:
    """Another service on the same database."""
    async with opening(make_settings, clock) as opened:
        yield await opened()


async def end(how: str, replica: Door, services: Services, person: Person) -> None:
    """End somebody's session, at this service."""
    (session,) = (await replica.as_(person).ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"]
    if how == "revoked":
        deed = "mutation ($id: ID!) { revokeSession(input: {id: $id}) { errors { code } } }"
        await replica.as_(person).ask(deed, id=session["id"])
    elif how == "signed out":
        deed = "mutation ($token: String!) { logout(input: {refreshToken: $token}) { errors { code } } }"
        await replica.ask(deed, token=person.refresh_token)
    elif how == "deactivated":
        await services.administration.deactivate(OPERATOR, person.database_id)
    elif how == "deleted":
        await services.administration.delete(OPERATOR, person.database_id)
    else:
        deed = (
            "mutation ($old: String!, $new: String!) "
            "{ changePassword(input: {currentPassword: $old, newPassword: $new}) { errors { code } } }"
        )
        signed_in = await signed_in_again(replica, person)
        await replica.showing(signed_in).ask(deed, old=PASSWORD, new=f"{PASSWORD} and more")


async def signed_in_again(door: Door, person: Person) -> str:
    """An access token of another session."""
    deed = (
        "mutation ($email: String!, $password: String!) "
        "{ login(input: {email: $email, password: $password}) { tokens { accessToken } } }"
    )
    answered: str = (await door.ask(deed, email=person.email, password=PASSWORD))["login"]["tokens"]["accessToken"]
    return answered


async def codes(door: Door, asked: str, **variables: Any) -> list[str]:
    """The codes of what was refused."""
    body = (await door.answer(asked, variables)).json()
    return [each["extensions"]["code"] for each in body.get("errors", [])]


@pytest.mark.parametrize("how", WAYS_TO_END_IT)
async def test_a_session_that_ends_here_is_over_at_once(
    door: Door, services: Services, a_member: Person, how: str
) -> None:
    assert await codes(door.as_(a_member), ME) == []

    await end(how, door, services, a_member)

    assert await codes(door.as_(a_member), ME) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("how", WAYS_TO_END_IT)
async def test_a_session_that_ends_elsewhere_does_nothing_any_more(
    door: Door, elsewhere: Replica, a_member: Person, how: str
) -> None:
    assert await codes(door.as_(a_member), ME) == []

    await end(how, elsewhere.door, elsewhere.services, a_member)

    assert await codes(door.as_(a_member), RENAME, id=a_member.id) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("how", WAYS_TO_END_IT)
async def test_a_session_that_ends_elsewhere_soon_reads_nothing_any_more(
    door: Door, elsewhere: Replica, a_member: Person, how: str
) -> None:
    assert await codes(door.as_(a_member), ME) == []

    await end(how, elsewhere.door, elsewhere.services, a_member)

    async with asyncio.timeout(30):
        while await codes(door.as_(a_member), ME) != ["UNAUTHENTICATED"]:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


async def test_who_becomes_an_admin_sees_everybody_at_once(door: Door, services: Services, a_member: Person) -> None:
    everybody = "{ users { nodes { id } } }"
    assert await codes(door.as_(a_member), everybody) == ["FORBIDDEN"]

    await services.administration.set_admin(OPERATOR, a_member.database_id, is_admin=True)

    assert await codes(door.as_(a_member), everybody) == []


async def test_a_token_that_was_good_a_moment_ago_expires_on_time(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    assert await codes(door.as_(a_member), ME) == []

    clock.advance(timedelta(minutes=15))

    refusal = await door.as_(a_member).refused(ME)
    assert refusal["extensions"]["reason"] == "TOKEN_EXPIRED"


async def test_who_is_known_and_comes_from_another_place_does_so_from_there(
    door: Door, services: Services, a_member: Person
) -> None:
    await door.as_(a_member).ask(ME)
    door.http.headers["User-Agent"] = "another browser"

    await door.as_(a_member).ask(RENAME, id=a_member.id)

    events = await services.history.page_of(OPERATOR, a_member.database_id, PageRequest(first=1))
    assert events.items[0].user_agent == "another browser"


async def test_a_good_token_with_another_signature_is_not_good(door: Door, a_member: Person) -> None:
    await door.as_(a_member).ask(ME)
    head, body, signature = a_member.access_token.split(".")
    forged = ".".join((head, body, ("A" if signature[0] != "A" else "B") + signature[1:]))

    assert await codes(door.showing(forged), ME) == ["UNAUTHENTICATED"]


async def test_what_is_remembered_of_tokens_is_bounded(
    monkeypatch: pytest.MonkeyPatch, door: Door, services: Services, a_member: Person
) -> None:
    monkeypatch.setattr("gql_users.services.recognition.MOST_TOKENS", 3)
    tokens = [await signed_in_again(door, a_member) for _ in range(5)]

    answers = [await codes(door.showing(token), ME) for token in (*tokens, *tokens)]

    assert answers == [[]] * 10
    assert len(services.recognition._seen) == 3
