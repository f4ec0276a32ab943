"""Facts about guessing the codes of letters from everywhere: few are heard, and nobody loses their letter by it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count

import pytest

from gql_users import Settings
from tests.conftest import MakeSettings
from tests.door import Door, Person, SettableClock
from tests.guessing import counted, wait_for
from tests.postbox import Mail, Post
from tests.ways import GONE, RESETTING, VERIFYING, Codes, Way, another, each_form

LIMITED: Codes = [("RATE_LIMITED", None)]
A_TURN = timedelta(minutes=72)

networks = count(1)


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service that believes where its proxy says that somebody is."""
    return make_settings(trusted_proxies=1)


def move(door: Door) -> None:
    """From here on everything comes from a network that never asked before."""
    number = next(networks)
    door.http.headers["X-Forwarded-For"] = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


async def show(door: Door, way: Way, email: str, code: str) -> Codes:
    """What becomes of a code that is shown from a network of its own."""
    move(door)
    return await way.by_code(door, email, code)


async def guess(door: Door, way: Way, mail: Mail, times: int) -> list[Codes]:
    """What becomes of so many wrong codes, each from a network of its own."""
    return [await show(door, way, mail.to, another(mail.code)) for _ in range(times)]


async def test_of_two_hundred_wrong_codes_at_once_from_two_hundred_networks_twenty_are_heard(
    door: Door, post: Post, a_member: Person, settings: Settings
) -> None:
    mail = await RESETTING.letter(door, post, a_member)

    answers = await asyncio.gather(*(guess(door, RESETTING, mail, 1) for _ in range(200)))

    assert (answers.count([GONE]), answers.count([LIMITED])) == (20, 180)
    everywhere = [failed for whose, failed, _ in await counted(settings) if whose == "account" and failed > 1]
    assert everywhere == [20]


@each_form
async def test_after_twenty_wrong_codes_one_has_to_wait_alike_for_every_address(
    door: Door, post: Post, a_member: Person, way: Way
) -> None:
    mail = await way.letter(door, post, a_member)

    for email in (mail.to, "nobody@example.com", "no address"):
        answers = [await show(door, way, email, another(mail.code)) for _ in range(21)]
        assert answers == [GONE] * 20 + [LIMITED]
        said = {**way.more, "email": email, "code": mail.code}
        assert await wait_for(door, way.deed, said) == A_TURN.total_seconds()


async def test_new_letters_bring_no_more_guesses_and_every_link_is_good(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    for minutes in (1, 2, 4, 8):
        mail = await RESETTING.letter(door, post, a_member)
        assert await guess(door, RESETTING, mail, 5) == [GONE] * 5
        clock.advance(timedelta(minutes=minutes))
    mail = await RESETTING.letter(door, post, a_member)

    assert await show(door, RESETTING, mail.to, mail.code) == LIMITED

    assert await RESETTING.by_token(door, mail.token) == []


async def test_after_the_wait_a_code_is_heard_again_and_the_right_one_is_right(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    mail = await VERIFYING.letter(door, post, a_member)
    nobody = "nobody@example.com"
    assert [await show(door, VERIFYING, nobody, mail.code) for _ in range(20)] == [GONE] * 20

    for _ in range(2):
        clock.advance(A_TURN - timedelta(seconds=1))
        assert await show(door, VERIFYING, nobody, mail.code) == LIMITED
        clock.advance(timedelta(seconds=1))
        assert await show(door, VERIFYING, nobody, mail.code) == GONE

    assert await show(door, VERIFYING, mail.to, mail.code) == []


async def test_a_day_without_a_wrong_code_forgets_all_of_them(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    mail = await RESETTING.letter(door, post, a_member)
    await guess(door, RESETTING, mail, 21)

    clock.advance(timedelta(days=1))

    assert await guess(door, RESETTING, mail, 21) == [GONE] * 20 + [LIMITED]


async def test_wrong_codes_for_one_thing_keep_nobody_from_another(
    door: Door, post: Post, a_member: Person, another_member: Person
) -> None:
    mail = await RESETTING.letter(door, post, a_member)
    theirs = await RESETTING.letter(door, post, another_member)
    verifying = await VERIFYING.letter(door, post, a_member)

    assert (await guess(door, RESETTING, mail, 21))[-1] == LIMITED

    assert await show(door, VERIFYING, verifying.to, verifying.code) == []
    assert await show(door, RESETTING, theirs.to, theirs.code) == []
