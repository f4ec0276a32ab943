"""Facts about staying signed in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest

from gql_users.graphql.ids import global_id
from tests.door import PASSWORD, Door, Person, SettableClock

TOKENS = "tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }"
TOLD = """query ($kind: EventKind!, $user: ID!) {
    events(filter: {kinds: [$kind], userId: $user}) { nodes { user { id } actor { id } details } }
}"""

INVALID = [("TOKEN_INVALID", None)]
EXPIRED = [("TOKEN_EXPIRED", None)]
REUSED = [("TOKEN_REUSED", None)]


async def refreshed(door: Door, token: str) -> dict[str, str]:
    """The next tokens."""
    payload = await door.done("refresh", {"refreshToken": token}, TOKENS)
    tokens: dict[str, str] = payload["tokens"]
    return tokens


async def refusal_of(door: Door, token: str) -> list[tuple[str, list[str] | None]]:
    """Why the token is not exchanged; empty when it is."""
    return await door.codes("refresh", {"refreshToken": token})


async def recognised(door: Door, token: str) -> Any:
    """Whom the service takes the bearer of an access token for, or else what is wrong with the token."""
    body = (await door.showing(token).answer("{ me { id } }")).json()
    return body["data"]["me"] or body["errors"][0]["extensions"]["reason"]


def claim(token: str, name: str) -> Any:
    """What a token says: `gen` for the how-manieth of its session it is, `sid` for which session that is."""
    return jwt.decode(token, options={"verify_signature": False})[name]


async def told(as_admin: Door, kind: str, person: Person) -> Any:
    """What the events of this kind about the person say."""
    return (await as_admin.ask(TOLD, kind=kind, user=person.id))["events"]["nodes"]


async def test_each_exchange_gives_the_next_generation(door: Door, a_member: Person, clock: SettableClock) -> None:
    tokens = [a_member.refresh_token]

    for _ in range(3):
        clock.advance(timedelta(minutes=10))
        pair = await refreshed(door, tokens[-1])
        tokens.append(pair["refreshToken"])
        assert await recognised(door, pair["accessToken"]) == {"id": a_member.id}

    assert [claim(token, "gen") for token in tokens] == [1, 2, 3, 4]
    assert pair["accessTokenExpiresAt"] == "2026-03-01T12:45:00Z"
    assert pair["refreshTokenExpiresAt"] == "2026-03-15T12:30:00Z"


async def test_an_exchange_tells_whose_session_it_is(door: Door, a_member: Person) -> None:
    payload = await door.done("refresh", {"refreshToken": a_member.refresh_token}, "user { id email }")

    assert payload["user"] == {"id": a_member.id, "email": a_member.email}


async def test_a_lost_reply_can_be_asked_for_again_for_ten_seconds(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    first = await refreshed(door, a_member.refresh_token)

    for seconds in (0, 6, 4):
        clock.advance(timedelta(seconds=seconds))
        again = await refreshed(door, a_member.refresh_token)
        assert again["refreshToken"] == first["refreshToken"]
        assert again["refreshTokenExpiresAt"] == first["refreshTokenExpiresAt"]
        assert await recognised(door, again["accessToken"]) == {"id": a_member.id}

    # Asking again at six and at ten seconds has bought no time, not even a millisecond.
    clock.advance(timedelta(milliseconds=1))
    assert await refusal_of(door, a_member.refresh_token) == REUSED


async def test_an_exchanged_token_that_comes_back_later_ends_the_session(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    newest = await refreshed(door, a_member.refresh_token)
    elsewhere = await door.done("login", {"email": a_member.email, "password": PASSWORD}, TOKENS)
    clock.advance(timedelta(seconds=11))

    assert await refusal_of(door, a_member.refresh_token) == REUSED

    for token in (a_member.access_token, newest["accessToken"]):
        assert await recognised(door, token) == "TOKEN_INVALID"
    assert await refusal_of(door, newest["refreshToken"]) == INVALID
    assert await refusal_of(door, a_member.refresh_token) == INVALID
    assert await recognised(door, elsewhere["tokens"]["accessToken"]) == {"id": a_member.id}


async def test_the_one_before_the_predecessor_ends_the_session_at_once(door: Door, a_member: Person) -> None:
    second = await refreshed(door, a_member.refresh_token)
    third = await refreshed(door, second["refreshToken"])

    assert await refusal_of(door, a_member.refresh_token) == REUSED

    assert await recognised(door, third["accessToken"]) == "TOKEN_INVALID"
    assert await refusal_of(door, third["refreshToken"]) == INVALID


async def test_a_token_that_came_back_is_told_once_though_it_was_refused(
    door: Door, as_admin: Door, a_member: Person
) -> None:
    second = await refreshed(door, a_member.refresh_token)
    third = await refreshed(door, second["refreshToken"])

    at_once = await asyncio.gather(*(refusal_of(door, a_member.refresh_token) for _ in range(5)))
    later = [
        await refusal_of(door, each) for each in (a_member.refresh_token, second["refreshToken"], third["refreshToken"])
    ]

    # Who comes when the session is over already finds no more than that.
    assert REUSED in at_once
    assert all(each in (REUSED, INVALID) for each in at_once)
    assert all(each == INVALID for each in later)
    (event,) = await told(as_admin, "TOKEN_REUSED", a_member)
    assert event == {
        "user": {"id": a_member.id},
        "actor": None,
        "details": {"sessionId": global_id("Session", claim(a_member.refresh_token, "sid"))},
    }


async def test_each_generation_is_told_once_lost_replies_or_not(
    door: Door, as_admin: Door, a_member: Person, clock: SettableClock
) -> None:
    for _ in range(3):
        second = await refreshed(door, a_member.refresh_token)
    clock.advance(timedelta(minutes=1))
    await refreshed(door, second["refreshToken"])

    by_themselves = {"user": {"id": a_member.id}, "actor": {"id": a_member.id}, "details": None}
    assert await told(as_admin, "REFRESHED", a_member) == [by_themselves] * 2


async def test_ten_exchanges_at_once_make_one_generation(door: Door, a_member: Person) -> None:
    token = a_member.refresh_token

    for expected in (2, 3, 4):
        pairs = await asyncio.gather(*(refreshed(door, token) for _ in range(10)))
        assert len({pair["refreshToken"] for pair in pairs}) == 1
        token = pairs[0]["refreshToken"]
        assert claim(token, "gen") == expected


async def test_a_session_ends_after_fourteen_days_without_an_exchange(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(days=14) - timedelta(seconds=1))
    next_token = (await refreshed(door, a_member.refresh_token))["refreshToken"]

    clock.advance(timedelta(days=14))

    assert await refusal_of(door, next_token) == EXPIRED
    clock.advance(-timedelta(seconds=1))
    assert await refusal_of(door, next_token) == []


async def test_a_session_ends_after_ninety_days_whatever_happens(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    token = a_member.refresh_token
    for _ in range(8):
        clock.advance(timedelta(days=11))
        token = (await refreshed(door, token))["refreshToken"]
    clock.advance(timedelta(days=2) - timedelta(minutes=5))

    last = await refreshed(door, token)

    end = "2026-05-30T12:00:00Z"
    assert (last["accessTokenExpiresAt"], last["refreshTokenExpiresAt"]) == (end, end)
    assert await recognised(door, last["accessToken"]) == {"id": a_member.id}
    clock.advance(timedelta(minutes=5))
    assert await refusal_of(door, last["refreshToken"]) == EXPIRED
    assert await recognised(door, last["accessToken"]) == "TOKEN_EXPIRED"


async def test_an_access_token_ends_after_fifteen_minutes_and_its_session_goes_on(
    door: Door, a_member: Person, clock: SettableClock
) -> None:
    clock.advance(timedelta(minutes=15) - timedelta(seconds=1))
    assert await recognised(door, a_member.access_token) == {"id": a_member.id}

    clock.advance(timedelta(seconds=1))

    assert await recognised(door, a_member.access_token) == "TOKEN_EXPIRED"
    pair = await refreshed(door.as_(a_member), a_member.refresh_token)
    assert await recognised(door, pair["accessToken"]) == {"id": a_member.id}


async def test_tokens_of_one_kind_are_no_tokens_of_the_other(door: Door, a_member: Person) -> None:
    assert await refusal_of(door, a_member.access_token) == INVALID
    assert await recognised(door, a_member.refresh_token) == "TOKEN_INVALID"
    assert await refusal_of(door, a_member.refresh_token) == []


@pytest.mark.parametrize("key", ["", "another secret, and long enough for one too"])
async def test_a_token_that_others_made_is_none_of_ours(door: Door, a_member: Person, key: str) -> None:
    claims = jwt.decode(a_member.refresh_token, options={"verify_signature": False})
    header = {"typ": "rt+jwt"}

    forged = jwt.encode(claims, key, algorithm="HS256" if key else "none", headers=header)

    assert await refusal_of(door, forged) == INVALID


async def test_nonsense_is_no_token(door: Door, a_member: Person) -> None:
    head, body, signature = a_member.refresh_token.split(".")

    for nonsense in (
        "",
        "nonsense",
        "..",
        "\x00",
        "ü" * 50,
        "e30.e30.e30",
        "x" * 20_000,
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body[:-4]}AAAA.{signature}",
        f"{a_member.refresh_token} ",
    ):
        assert await refusal_of(door, nonsense) == INVALID, nonsense[:60]
    assert await refusal_of(door, a_member.refresh_token) == []
