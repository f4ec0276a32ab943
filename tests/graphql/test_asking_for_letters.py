"""Facts about asking for a letter: it says nothing of who has an account, and nobody is flooded."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gql_users import Settings, create_app
from gql_users.mail.senders import MemorySender
from gql_users.models import Letter
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.postbox import Post, rows
from tests.serving import serving
from tests.ways import VERIFYING, Way, each_form

LIMITED = [("RATE_LIMITED", None)]
ME = "{ me { id } }"
WAITING = "errors { code path ... on RateLimitedError { retryAfterSeconds } }"


async def wait_for(door: Door, way: Way, email: str) -> int:
    """The seconds that somebody is told to wait who asks again too early."""
    kind = way.asking[0].upper() + way.asking[1:] + "Input"
    query = f"mutation ($input: {kind}!) {{ {way.asking}(input: $input) {{ {WAITING} }} }}"
    (error,) = (await door.ask(query, input={"email": email}))[way.asking]["errors"]
    assert (error["code"], error["path"]) == ("RATE_LIMITED", None)
    seconds: int = error["retryAfterSeconds"]
    return seconds


@asynccontextmanager
async def from_another_network(door: Door) -> AsyncIterator[Door]:
    """The same door, for somebody at another address."""
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with httpx.AsyncClient(transport=transport, base_url=door.http.base_url, timeout=30) as http:
        yield Door(http)


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service behind a proxy, which says who asks."""
    return make_settings(trusted_proxies=1)


async def asked(door: Door, settings: Settings, way: Way, *emails: str) -> list[str]:
    """Ask for each address, from a network of its own. Those that a letter was written down for."""
    known = {row.id for row in await rows(settings, Letter)}
    for email in emails:
        door.http.headers["X-Forwarded-For"] = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
        await door.done(way.asking, {"email": email})
    return [row.address for row in await rows(settings, Letter) if row.id not in known]


@pytest.fixture
async def addresses(door: Door, post: Post, as_admin: Door) -> list[str]:
    """Of somebody, of somebody verified, of somebody deactivated, and of nobody."""
    verified, closed = await door.register("verified@example.com"), await door.register("closed@example.com")
    await door.register("somebody@example.com")
    (mail,) = [mail for mail in await post.arrived() if mail.to == verified.email]
    assert await VERIFYING.by_token(door, mail.token) == []
    await as_admin.done("deactivateUser", {"id": closed.id})
    return ["somebody@example.com", verified.email, closed.email, "nobody@example.com"]


@each_form
async def test_every_address_is_answered_in_the_same_bytes_and_written_down_alike(
    door: Door, settings: Settings, addresses: list[str], way: Way
) -> None:
    kind = way.asking[0].upper() + way.asking[1:] + "Input"
    query = f"mutation ($input: {kind}!) {{ {way.asking}(input: $input) {{ errors {{ code message path }} }} }}"
    known = {row.id for row in await rows(settings, Letter)}

    async def answer(email: str) -> tuple[Any, ...]:
        answered = await door.answer(query, {"input": {"email": email}})
        headers = {name: value for name, value in answered.headers.items() if name not in {"date", "x-request-id"}}
        return answered.status_code, answered.content, tuple(sorted(headers.items()))

    first = {await answer(email) for email in addresses}
    again = {await answer(email) for email in addresses}

    assert first == again
    assert json.loads(first.pop()[1])["data"] == {way.asking: {"errors": []}}
    written = [row._asdict() for row in await rows(settings, Letter) if row.id not in known]
    assert sorted(row.pop("address") for row in written) == sorted(addresses)
    assert [row.pop("id") for row in written]
    assert all(row == written[0] for row in written)


@each_form
async def test_who_asks_again_gets_no_letter_for_longer_each_time_alike_for_every_address(
    door: Door, settings: Settings, addresses: list[str], clock: SettableClock, way: Way
) -> None:
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        assert sorted(await asked(door, settings, way, *addresses)) == sorted(addresses)
        assert await asked(door, settings, way, *addresses) == []
        clock.advance(timedelta(seconds=seconds - 1))
        assert await asked(door, settings, way, *addresses) == []
        clock.advance(timedelta(seconds=1))


@each_form
async def test_a_stranger_who_asks_all_the_time_has_nobody_refused_and_ends_no_letter(
    door: Door, post: Post, settings: Settings, clock: SettableClock, a_member: Person, way: Way
) -> None:
    await post.arrived()
    await asked(door, settings, way, a_member.email)
    mail = await post.only()

    for _ in range(5):
        clock.advance(timedelta(seconds=5))
        await asked(door, settings, way, a_member.email)
        assert await post.arrived() == []

    assert await way.by_token(door, mail.token) == []


@each_form
async def test_an_hour_without_asking_is_a_new_beginning(
    door: Door, settings: Settings, clock: SettableClock, way: Way
) -> None:
    for seconds in (30, 60, 3600, 30):
        assert await asked(door, settings, way, "ann@example.com") == ["ann@example.com"]
        clock.advance(timedelta(seconds=seconds))

    assert await asked(door, settings, way, "ann@example.com") == ["ann@example.com"]


@each_form
async def test_all_spellings_of_an_address_and_all_networks_wait_together(
    door: Door, settings: Settings, way: Way
) -> None:
    spellings = "Ann@bücher.example.com", "ａｎｎ@BÜCHER.example.com", " ann@xn--bcher-kva.example.com."

    written = await asked(door, settings, way, *spellings, "bea@example.com")

    assert sorted(written) == ["Ann@bücher.example.com", "bea@example.com"]


async def test_each_kind_of_letter_is_waited_for_by_itself(door: Door, settings: Settings) -> None:
    await door.done("requestPasswordReset", {"email": "ann@example.com"})

    await door.done("requestEmailVerification", {"email": "ann@example.com"})

    assert sorted(row.kind for row in await rows(settings, Letter)) == ["RESET_PASSWORD", "VERIFY_EMAIL"]


@each_form
async def test_one_network_asks_for_thirty_letters_and_then_waits_whoever_they_are_for(
    door: Door, clock: SettableClock, way: Way
) -> None:
    for number in range(30):
        await door.done(way.asking, {"email": f"{number}@example.com"})

    assert await wait_for(door, way, "one.more@example.com") == 30
    async with from_another_network(door) as elsewhere:
        await elsewhere.done(way.asking, {"email": "one.more@example.com"})
    clock.advance(timedelta(seconds=30))
    await door.done(way.asking, {"email": "another.one@example.com"})
    assert await wait_for(door, way, "and.another@example.com") == 60


@each_form
async def test_asking_in_vain_counts_towards_the_thirty(door: Door, way: Way) -> None:
    for _ in range(30):
        await door.done(way.asking, {"email": "ann@example.com"})

    assert await wait_for(door, way, "ann@example.com") == 30


async def test_a_crowd_from_one_network_keeps_nobody_waiting_for_a_connection(
    make_settings: MakeSettings, clock: SettableClock, sender: MemorySender
) -> None:
    app = create_app(make_settings(pool_size=2), clock=clock, sender=sender)
    deed = "requestPasswordReset"

    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=200)) as http,
    ):
        door = Door(http)
        ann = await door.register("ann@example.com")
        asking = [asyncio.create_task(door.codes(deed, {"email": f"{each}@example.com"})) for each in range(150)]
        others = [await door.as_(ann).answer(ME) for _ in range(20)]
        outcomes = await asyncio.gather(*asking)

    assert {answer.status_code for answer in others} == {200}
    assert sorted(outcomes) == [[]] * 30 + [LIMITED] * 120


@each_form
async def test_of_many_who_ask_at_once_one_is_heard(
    door: Door, post: Post, settings: Settings, a_member: Person, way: Way
) -> None:
    await post.arrived()

    outcomes = await asyncio.gather(*(door.codes(way.asking, {"email": a_member.email}) for _ in range(8)))

    assert outcomes == [[]] * 8
    assert [row.address for row in await rows(settings, Letter) if row.sent_at is None] == [a_member.email]
    assert (await post.only()).to == a_member.email


@each_form
async def test_the_letter_goes_to_the_address_as_its_owner_wrote_it(door: Door, post: Post, way: Way) -> None:
    await door.register("Ann.Lee@Example.com")
    await post.arrived()

    await door.done(way.asking, {"email": " ａｎｎ.lee@EXAMPLE.COM"})

    assert (await post.only()).to == "Ann.Lee@example.com"


@each_form
async def test_strangers_get_no_letter_and_nothing_is_kept_of_them(
    door: Door, post: Post, settings: Settings, as_admin: Door, a_member: Person, way: Way
) -> None:
    gone = await door.register("gone@example.com")
    closed = await door.register("closed@example.com")
    await post.arrived()
    for email in ("nobody@example.com", gone.email, closed.email):
        await door.done(way.asking, {"email": email})
    await as_admin.done("deleteUser", {"id": gone.id})
    await as_admin.done("deactivateUser", {"id": closed.id})

    assert [mail for mail in await post.arrived() if mail.to != "admin@example.com"] == []

    assert [row for row in await rows(settings, Letter) if row.sent_at is None] == []


@each_form
@pytest.mark.parametrize("public_url", ["http://localhost:8000", "https://users.example.com/below"])
async def test_a_link_begins_with_the_public_url_whatever_host_is_named(
    make_settings: MakeSettings, clock: SettableClock, sender: MemorySender, way: Way, public_url: str
) -> None:
    app = create_app(make_settings(public_url=f"{public_url}/"), clock=clock, sender=sender)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}

    async with serving(app) as url, httpx.AsyncClient(base_url=url, headers=evil, timeout=30) as http:
        person = await Door(http).register("ann@example.com")
        mail = await way.letter(Door(http), Post(app.state.services, sender), person)

    page = {"requestPasswordReset": "reset-password", "requestEmailVerification": "verify-email"}[way.asking]
    assert mail.link == f"{public_url}/account/{page}?token={mail.token}"
    assert "evil" not in mail.message.as_string()


@each_form
async def test_what_is_no_address_is_not_valid_and_written_nowhere(door: Door, settings: Settings, way: Way) -> None:
    for wrong in (
        "",
        "ann",
        "ann@",
        "ann@example.com\r\nBcc: bea@example.com",
        "\x00",
        "\ud800",
        "a" * 600,
        "a@b@c.de",
    ):
        assert await door.codes(way.asking, {"email": wrong}) == [("INVALID", ["input", "email"])]

    assert await rows(settings, Letter) == []


@each_form
async def test_one_operation_asks_for_one_letter(door: Door, settings: Settings, way: Way) -> None:
    ask = f'{way.asking}(input: {{{{email: "{{}}@example.com"}}}}) {{{{ errors {{{{ code }}}} }}}}'

    error = await door.refused(f"mutation {{ a: {ask.format('ann')} b: {ask.format('bea')} }}")

    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    assert await rows(settings, Letter) == []
