"""Facts about what people are told of what was done to their accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock
from tests.postbox import ADMIN, EMAIL_CHANGED, PASSWORD_CHANGED, REUSED, Post

NEW = "another horse battery"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(rest_contract="accounts")  # the one in which somebody else sets a password


@pytest.fixture(autouse=True)
async def nobody_waits(post: Post, a_member: Person, another_member: Person, an_admin: Person) -> None:
    """Everybody has read their letters."""
    await post.arrived()


async def test_who_changes_their_password_is_told(post: Post, as_member: Door, a_member: Person) -> None:
    await as_member.done("changePassword", {"currentPassword": PASSWORD, "newPassword": NEW})

    mail = await post.only()
    assert (mail.to, mail.subject) == (a_member.email, PASSWORD_CHANGED)
    assert "Hello Mia Member," in mail.text
    assert NEW not in mail.message.as_string()
    assert "token=" not in mail.text


async def test_a_password_that_is_not_changed_is_no_news(post: Post, as_member: Door) -> None:
    await as_member.do("changePassword", {"currentPassword": "wrong", "newPassword": NEW})
    await as_member.do("changePassword", {"currentPassword": PASSWORD, "newPassword": "short"})

    assert await post.names() == []


async def test_whose_password_somebody_else_sets_is_told(door: Door, post: Post, a_member: Person) -> None:
    answer = await door.http.put(f"/users/{a_member.database_id}", json={"password": NEW})

    assert answer.status_code == 200
    assert await post.names() == [(a_member.email, PASSWORD_CHANGED)]


@pytest.mark.parametrize("mutation", ["patchUser", "updateUser"])
async def test_when_an_admin_changes_an_address_the_old_one_is_told(
    post: Post, as_admin: Door, a_member: Person, mutation: str
) -> None:
    await as_admin.done(mutation, {"id": a_member.id, "email": "new@example.com"})

    mail = await post.only()
    assert (mail.to, mail.subject) == (a_member.email, EMAIL_CHANGED)
    assert "new@example.com" not in mail.message.as_string()


async def test_another_spelling_may_be_another_mailbox_so_the_old_one_is_told(
    post: Post, as_admin: Door, a_member: Person
) -> None:
    await as_admin.done("patchUser", {"id": a_member.id, "email": "MEMBER@example.com", "name": "Mia M."})

    assert await post.names() == [(a_member.email, EMAIL_CHANGED)]


async def test_an_address_that_is_not_changed_is_no_news(
    post: Post, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    await as_admin.do("patchUser", {"id": a_member.id, "email": another_member.email})
    await as_admin.do("patchUser", {"id": a_member.id, "email": "new@example.com", "expectedVersion": 7})

    assert await post.names() == []


async def test_who_becomes_an_admin_is_told_once(post: Post, as_admin: Door, a_member: Person) -> None:
    for _ in range(2):
        await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})

    assert await post.names() == [(a_member.email, ADMIN)]


async def test_who_is_an_admin_no_more_gets_no_letter(
    post: Post, as_admin: Door, services: Services, a_member: Person
) -> None:
    await services.administration.set_admin(OPERATOR, a_member.database_id, is_admin=True)
    await post.arrived()

    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": False})

    assert await post.names() == []


async def test_who_is_an_admin_no_more_does_not_hear_afterwards_that_they_became_one(
    post: Post, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    for person in (a_member, another_member):
        await as_admin.done("setUserAdmin", {"id": person.id, "isAdmin": True})
    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": False})

    assert await post.names() == [(another_member.email, ADMIN)]


async def test_who_is_deleted_does_not_hear_afterwards_that_they_became_an_admin(
    post: Post, as_admin: Door, a_member: Person
) -> None:
    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})
    await as_admin.done("deleteUser", {"id": a_member.id})

    assert await post.names() == []


async def test_whose_refresh_token_was_used_twice_is_told_once(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    await door.done("refresh", {"refreshToken": a_member.refresh_token})
    clock.advance(timedelta(seconds=11))

    codes = [await door.codes("refresh", {"refreshToken": a_member.refresh_token}) for _ in range(3)]

    assert codes[0] == [("TOKEN_REUSED", None)]
    assert await post.names() == [(a_member.email, REUSED)]


async def test_a_notice_arrives_although_the_account_is_gone_or_closed_by_then(
    post: Post, as_admin: Door, a_member: Person, another_member: Person
) -> None:
    await as_admin.done("patchUser", {"id": a_member.id, "email": "a@example.com"})
    await as_admin.done("patchUser", {"id": another_member.id, "email": "b@example.com"})
    await as_admin.done("deleteUser", {"id": a_member.id})
    await as_admin.done("deactivateUser", {"id": another_member.id})

    mails = await post.arrived()

    assert [(mail.to, mail.subject) for mail in mails] == [
        (a_member.email, EMAIL_CHANGED),
        (another_member.email, EMAIL_CHANGED),
    ]
    assert "Hello," in mails[0].text
