"""Facts about the pages that letters link to: opening one changes nothing, its button does the deed, once."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from tests.door import PASSWORD, Door, SettableClock
from tests.pages.letterbox import Letterbox, Link
from tests.pages.using import (
    ADDRESS,
    LEADS,
    NEW_ADDRESS,
    Lead,
    Look,
    assert_page,
    each_deed,
    each_page,
    is_reset,
    is_verified,
    opened,
    pressed,
    signed_in,
    to_change,
    to_reset,
    to_verify,
)


@each_deed
async def test_a_link_that_is_opened_twenty_times_changes_nothing_and_asks_no_database(
    door: Door, letterbox: Letterbox, statements: list[str], lead: Lead, is_done: Look
) -> None:
    link = await lead(door, letterbox)
    statements.clear()

    for _ in range(10):
        assert_page(await opened(door, link), 200)
        assert (await door.http.head(link.path, params={"token": link.token})).status_code == 200

    assert statements == []
    assert not await is_done(door)
    assert_page(await pressed(door, link), 200)


@each_deed
async def test_the_button_does_the_deed_and_the_second_time_says_that_it_was_done(
    door: Door, letterbox: Letterbox, lead: Lead, is_done: Look
) -> None:
    link = await lead(door, letterbox)

    once = await pressed(door, link)
    twice = await pressed(door, link)

    assert_page(once, 200)
    assert "<form" not in once.text
    assert link.token not in once.text
    assert await is_done(door)
    assert_page(twice, 410)
    assert "This link has expired, or it was used already." in twice.text


@each_page
async def test_of_sixteen_who_press_at_once_one_does_it(door: Door, letterbox: Letterbox, lead: Lead) -> None:
    link = await lead(door, letterbox)

    answers = await asyncio.gather(*(pressed(door, link) for _ in range(16)))

    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 15


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "too easy to guess"),
        ("", "too easy to guess"),
        ("password", "too easy to guess"),
        ("ann@example.com", "too easy to guess"),
        ("x1" * 513, "too long"),
    ],
    ids=["short", "none", "common", "their address", "long"],
)
async def test_a_password_that_is_refused_leaves_the_letter_good(
    door: Door, letterbox: Letterbox, password: str, told: str
) -> None:
    link = await to_reset(door, letterbox)

    refused = await door.http.post(link.path, data={"token": link.token, "new_password": password})

    assert_page(refused, 422)
    assert re.search(rf'id="hint" role="alert">[^<]*{told}', refused.text)
    assert 'aria-invalid="true"' in refused.text
    assert link.token in refused.text
    assert not password or password == "password" or password not in refused.text
    assert (await pressed(door, link)).status_code == 200
    assert await is_reset(door)


@each_deed
async def test_a_letter_is_too_old_one_day(
    door: Door, letterbox: Letterbox, clock: SettableClock, lead: Lead, is_done: Look
) -> None:
    link = await lead(door, letterbox)

    clock.advance(timedelta(hours=24, seconds=1))

    assert_page(await opened(door, link), 200)
    assert_page(await pressed(door, link), 410)
    assert not await is_done(door)


async def test_a_token_opens_only_the_page_it_was_made_for(door: Door, letterbox: Letterbox) -> None:
    link = await to_reset(door, letterbox)

    for page in LEADS.keys() - {link.page}:
        assert_page(await pressed(door, Link(link.url, page, link.token)), 410)

    assert not await is_verified(door)
    assert (await pressed(door, link)).status_code == 200


async def test_a_token_nobody_made_says_no_more_than_one_that_was_used(door: Door, letterbox: Letterbox) -> None:
    link = await to_verify(door, letterbox)
    await pressed(door, link)

    used = await pressed(door, link)
    unknown = await pressed(door, Link(link.url, link.page, "A" * 43))

    without_nonce = [re.sub(r'nonce="[^"]+"', "", answer.text) for answer in (used, unknown)]
    assert (unknown.status_code, without_nonce[0]) == (410, without_nonce[1])


async def test_an_address_that_became_somebody_elses_is_not_taken_from_them(door: Door, letterbox: Letterbox) -> None:
    link = await to_change(door, letterbox)
    await door.register(NEW_ADDRESS, name="Somebody Else")

    answer = await pressed(door, link)

    assert_page(answer, 409)
    assert "belongs to another account now" in answer.text
    assert (await signed_in(door, ADDRESS, PASSWORD))["email"] == ADDRESS
