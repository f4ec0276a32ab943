"""Facts about having forgotten a password; `test_asking_for_letters.py` has what is so for every letter asked for."""

from __future__ import annotations

from tests.door import PASSWORD, Door, Person
from tests.postbox import RESET, VERIFY, Post
from tests.ways import RESETTING, sign_in


async def test_the_owner_of_an_address_gets_a_letter_with_a_link_and_a_code(
    door: Door, post: Post, a_member: Person
) -> None:
    await post.arrived()

    await door.done("requestPasswordReset", {"email": a_member.email})

    mail = await post.only()
    assert (mail.to, mail.subject) == (a_member.email, RESET)
    assert "Hello Mia Member," in mail.text
    assert "Valid for one hour, and only once." in mail.text
    assert mail.link == f"http://localhost:8000/account/reset-password?token={mail.token}"
    assert len(mail.token) == 43
    assert len(mail.code) == 6


async def test_nothing_changes_because_somebody_asks(door: Door, post: Post, a_member: Person) -> None:
    await RESETTING.letter(door, post, a_member)

    assert (await sign_in(door, a_member.email, PASSWORD))["errors"] == []
    assert await door.as_(a_member).ask("{ me { id version } }") == {"me": {"id": a_member.id, "version": 1}}
    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == []


async def test_a_verified_address_gets_a_letter_like_any_other(door: Door, post: Post, a_member: Person) -> None:
    (welcome,) = await post.arrived()
    await door.done("verifyEmail", {"token": welcome.token})

    mail = await RESETTING.letter(door, post, a_member)

    assert (mail.to, mail.subject) == (a_member.email, RESET)


async def test_somebody_without_a_password_gets_one_by_letter(door: Door, post: Post, as_admin: Door) -> None:
    await as_admin.done("createUser", {"email": "ann@example.com"})
    await post.arrived()
    await door.done("requestPasswordReset", {"email": "ann@example.com"})

    assert await RESETTING.by_token(door, (await post.only()).token) == []

    assert (await sign_in(door, "ann@example.com", RESETTING.more["newPassword"]))["errors"] == []


async def test_two_letters_of_different_kinds_do_not_disturb_each_other(
    door: Door, post: Post, a_member: Person
) -> None:
    (welcome,) = await post.arrived()
    mail = await RESETTING.letter(door, post, a_member)

    assert (welcome.subject, mail.subject) == (VERIFY, RESET)
    assert await door.codes("verifyEmail", {"token": welcome.token}) == []
    assert await RESETTING.by_token(door, mail.token) == []
