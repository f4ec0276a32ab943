"""Facts about who the client is when proxies stand in front of the service, and when they do not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from gql_users import Settings
from tests.commands import Commands
from tests.conftest import MakeSettings
from tests.databases import SECRET
from tests.door import PASSWORD, Door, Person
from tests.guessing import ELSEWHERE, HERE, guess, told

CLIENT, OTHER, PROXY = "203.0.113.7", "198.51.100.9", "10.0.0.1"
LOGIN = {"email": "member@example.com", "password": PASSWORD}
WHERE = "{ me { sessions(first: 100) { nodes { isCurrent ipAddress } } } }"

Forwarded = Callable[..., Door]


@pytest.fixture(params=[1])
def settings(make_settings: MakeSettings, request: pytest.FixtureRequest) -> Settings:
    """A service behind so many proxies, which listens to three wrong passwords for an account."""
    return make_settings(trusted_proxies=request.param, account_attempts=3)


@pytest.fixture
async def forwarded(door: Door) -> AsyncIterator[Forwarded]:
    """Makes the same door for somebody whose request arrives with these X-Forwarded-For lines."""
    async with AsyncExitStack() as stack:

        def door_of(*lines: str) -> Door:
            headers = [("X-Forwarded-For", line) for line in lines]
            # The web server itself believes these lines when they come from 127.0.0.1, unless it is told not to.
            transport = httpx.AsyncHTTPTransport(local_address=ELSEWHERE)
            http = httpx.AsyncClient(base_url=door.http.base_url, headers=headers, transport=transport, timeout=30)
            stack.push_async_callback(http.aclose)
            return Door(http)

        yield door_of


def behind(proxies: int) -> pytest.MarkDecorator:
    """So many proxies are trusted."""
    return pytest.mark.parametrize("settings", [proxies], indirect=True, ids=[f"{proxies} proxies"])


async def seen_as(door: Door) -> str:
    """The address that a sign-in through the door is kept with."""
    token = (await door.done("login", LOGIN, "tokens { accessToken }"))["tokens"]["accessToken"]
    sessions = (await door.showing(token).ask(WHERE))["me"]["sessions"]["nodes"]
    (address,) = [session["ipAddress"] for session in sessions if session["isCurrent"]]
    return str(address)


async def assert_seen(forwarded: Forwarded, expected: Sequence[tuple[Sequence[str], str]]) -> None:
    """Each of these headers makes the client who stands beside it."""
    for lines, address in expected:
        assert await seen_as(forwarded(*lines)) == address, lines


@behind(0)
async def test_without_proxies_the_client_is_who_connects_whatever_a_header_says(
    forwarded: Forwarded, a_member: Person
) -> None:
    for lines in ([], [CLIENT], [f"{OTHER}, {CLIENT}"], [OTHER, CLIENT]):
        assert await seen_as(forwarded(*lines)) == ELSEWHERE, lines


@behind(1)
async def test_one_proxy_names_the_client_last_and_what_stands_before_is_forged(
    forwarded: Forwarded, a_member: Person
) -> None:
    expected = [
        ([CLIENT], CLIENT),
        ([f"{OTHER} ,  {CLIENT}"], CLIENT),
        ([f"{OTHER}, {CLIENT}"], CLIENT),
        ([f"nonsense,,{OTHER},{CLIENT}"], CLIENT),
        ([OTHER, CLIENT], CLIENT),
        ([OTHER, f"{PROXY}, {CLIENT}"], CLIENT),
        (["2001:DB8:0::7"], "2001:db8::7"),
    ]

    await assert_seen(forwarded, expected)


@behind(2)
async def test_of_two_proxies_the_first_names_the_client(forwarded: Forwarded, a_member: Person) -> None:
    expected = [
        ([f"{CLIENT}, {PROXY}"], CLIENT),
        ([CLIENT, PROXY], CLIENT),
        ([f"{OTHER}, {CLIENT}, {PROXY}"], CLIENT),
        ([f"{CLIENT}, nonsense"], CLIENT),
    ]

    await assert_seen(forwarded, expected)


@behind(2)
async def test_who_did_not_come_through_all_proxies_is_who_connects(forwarded: Forwarded, a_member: Person) -> None:
    for lines in ([], [""], [CLIENT], [f"nonsense, {PROXY}"]):
        assert await seen_as(forwarded(*lines)) == ELSEWHERE, lines


@behind(1)
async def test_what_is_no_address_is_not_believed(forwarded: Forwarded, a_member: Person) -> None:
    for nonsense in ("nonsense", "", ",", "203.0.113", "203.0.113.256", "[2001:db8::7", f"{CLIENT};", "x" * 5_000):
        assert await seen_as(forwarded(f"{OTHER},{nonsense}")) == ELSEWHERE, nonsense


@behind(1)
async def test_a_port_beside_the_address_is_passed_over(forwarded: Forwarded, a_member: Person) -> None:
    for written in (f"{CLIENT}:51234", CLIENT):
        assert await seen_as(forwarded(f"{OTHER}, {written}")) == CLIENT
    for written in ("[2001:db8::7]:51234", "[2001:db8::7]", "2001:db8::7"):
        assert await seen_as(forwarded(f"{OTHER}, {written}")) == "2001:db8::7"


@behind(1)
async def test_an_address_with_an_endless_zone_breaks_nothing(forwarded: Forwarded, a_member: Person) -> None:
    assert len(await seen_as(forwarded("fe80::1%" + "z" * 5_000))) <= 45


@behind(1)
async def test_events_tell_of_the_client_and_not_of_the_proxy(
    forwarded: Forwarded, as_admin: Door, a_member: Person
) -> None:
    await guess(forwarded(f"{OTHER}, {CLIENT}"), 3, email=a_member.email)

    events = await told(as_admin, "SIGN_IN_REFUSED", "THROTTLED")

    assert [event["ipAddress"] for event in events] == [CLIENT] * 4


@behind(1)
async def test_clients_behind_one_proxy_are_limited_one_by_one(forwarded: Forwarded, a_member: Person) -> None:
    await guess(forwarded(CLIENT), 3, email=a_member.email)

    assert await guess(forwarded(CLIENT), 1, email=a_member.email) == ["RATE_LIMITED"]
    assert await forwarded(OTHER).codes("login", LOGIN) == []


@behind(1)
async def test_forging_an_address_gives_nobody_another_try(forwarded: Forwarded, a_member: Person) -> None:
    outcomes = [await guess(forwarded(f"192.0.2.{n}, {CLIENT}"), 1, email=a_member.email) for n in range(4)]

    assert outcomes == [["INVALID_CREDENTIALS"]] * 3 + [["RATE_LIMITED"]]


@behind(0)
async def test_without_proxies_a_header_gives_nobody_another_try(forwarded: Forwarded, a_member: Person) -> None:
    outcomes = [await guess(forwarded(f"192.0.2.{n}"), 1, email=a_member.email) for n in range(4)]

    assert outcomes == [["INVALID_CREDENTIALS"]] * 3 + [["RATE_LIMITED"]]


@behind(1)
async def test_what_one_client_has_of_ipv6_addresses_is_one_network(forwarded: Forwarded, a_member: Person) -> None:
    same = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:DB8:1:2:0:0:0:3")

    outcomes = [await guess(forwarded(address), 1, email=a_member.email) for address in same]

    assert outcomes == [["INVALID_CREDENTIALS"]] * 3
    assert await guess(forwarded("2001:db8:1:2:ab:cd:ef:1"), 1, email=a_member.email) == ["RATE_LIMITED"]
    assert await forwarded("2001:db8:1:3::1").codes("login", LOGIN) == []


@behind(1)
async def test_an_ipv4_address_is_the_same_when_it_is_written_inside_an_ipv6_one(
    forwarded: Forwarded, a_member: Person
) -> None:
    await guess(forwarded(CLIENT), 3, email=a_member.email)

    assert await guess(forwarded(f"::ffff:{CLIENT}"), 1, email=a_member.email) == ["RATE_LIMITED"]
    assert await forwarded(f"::ffff:{OTHER}").codes("login", LOGIN) == []


async def test_the_command_believes_no_header_either(
    door: Door, a_member: Person, database_url: str, tmp_path: Path
) -> None:
    commands = Commands(tmp_path, {"database_url": database_url, "secret": SECRET, "env": "production"})

    async with (
        commands.serving() as running,
        httpx.AsyncClient(base_url=running.url, headers={"X-Forwarded-For": CLIENT}, timeout=30) as http,
    ):
        assert await seen_as(Door(http)) == HERE
