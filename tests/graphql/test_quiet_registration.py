"""Facts about registering where nobody hears who has an account already."""

from __future__ import annotations

from typing import Any

import pytest

from gql_users import Settings
from gql_users.models import Session, User
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door
from tests.postbox import ALREADY, VERIFY, Post, rows
from tests.ways import VERIFYING, sign_in

REGISTER = """mutation ($input: RegisterInput!) {
  register(input: $input) { user { id } tokens { accessToken } errors { code message path } }
}"""
ANN = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann"}


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(registration="quiet")


async def register(door: Door, **otherwise: Any) -> bytes:
    """The bytes of the answer."""
    return (await door.answer(REGISTER, {"input": {**ANN, **otherwise}})).content


@pytest.mark.parametrize("more", [{}, {"username": "ann", "age": 40, "locale": "de"}])
async def test_an_address_that_is_taken_is_answered_like_one_that_is_free(
    door: Door, settings: Settings, more: dict[str, Any]
) -> None:
    free = await register(door, username="first")

    taken = [await register(door, email=email, **more) for email in ("ann@example.com", " ＡNN@example.com")]

    assert free == b'{"data":{"register":{"user":null,"tokens":null,"errors":[]}}}'
    assert taken == [free, free]
    assert [(user.email, user.username) for user in await rows(settings, User)] == [("ann@example.com", "first")]


async def test_the_new_owner_gets_the_letter_that_verifies_and_nobody_is_signed_in(
    door: Door, post: Post, settings: Settings
) -> None:
    await register(door)

    mail = await post.only()
    assert (mail.to, mail.subject) == ("ann@example.com", VERIFY)
    assert await rows(settings, Session) == []
    assert [user.last_login_at for user in await rows(settings, User)] == [None]
    assert await VERIFYING.by_token(door, mail.token) == []
    assert (await sign_in(door, "ann@example.com"))["errors"] == []


async def test_the_owner_of_an_address_that_is_taken_hears_that_somebody_tried(door: Door, post: Post) -> None:
    await register(door, email="Ann@Example.com")
    await post.arrived()

    await register(door, email="ａnn@example.com", name="Somebody Else", password="another horse battery")

    mail = await post.only()
    assert (mail.to, mail.subject) == ("Ann@example.com", ALREADY)
    assert "Hello Ann," in mail.text
    assert "Somebody Else" not in mail.message.as_string()
    assert "token=" not in mail.text
    assert (await sign_in(door, "ann@example.com", "another horse battery"))["user"] is None
    assert (await sign_in(door, "ann@example.com"))["errors"] == []


async def test_a_username_that_is_taken_is_told_alike_for_every_address(door: Door, post: Post) -> None:
    await register(door, username="ann")
    await post.arrived()

    answers = {await register(door, email=email, username="ANN") for email in ("ann@example.com", "bea@example.com")}

    assert len(answers) == 1
    assert b"USERNAME_TAKEN" in answers.pop()
    assert await post.names() == []


async def test_what_is_wrong_with_an_input_is_told_alike_for_every_address(door: Door, post: Post) -> None:
    await register(door)
    await post.arrived()

    for wrong in ({"password": "short"}, {"age": 200}, {"username": "a b"}, {"locale": "!"}):
        answers = {await register(door, email=email, **wrong) for email in ("ann@example.com", "bea@example.com")}
        assert len(answers) == 1
        assert b'"errors":[{' in answers.pop()

    assert await post.names() == []


async def test_it_says_that_it_is_quiet(door: Door) -> None:
    assert await door.ask("{ serviceInfo { registration } }") == {"serviceInfo": {"registration": "QUIET"}}
