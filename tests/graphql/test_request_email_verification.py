"""Facts about having the letter sent again; `test_asking_for_letters.py` has what is so for every letter asked for."""

from __future__ import annotations

from gql_users import Settings
from gql_users.models import Letter
from tests.door import Door, Person
from tests.postbox import VERIFY, Post, rows
from tests.ways import RESETTING, VERIFYING


async def test_every_new_account_gets_the_letter_by_itself(door: Door, post: Post) -> None:
    await door.register("ann@example.com", name="Ann")

    mail = await post.only()

    assert (mail.to, mail.subject) == ("ann@example.com", VERIFY)
    assert "Hello Ann," in mail.text
    assert "Valid for 24 hours, and only once." in mail.text
    assert mail.link == f"http://localhost:8000/account/verify-email?token={mail.token}"
    assert await VERIFYING.by_token(door, mail.token) == []


async def test_it_can_be_asked_for_again_at_once(door: Door, post: Post, a_member: Person) -> None:
    mail = await VERIFYING.letter(door, post, a_member)

    assert (mail.to, mail.subject) == (a_member.email, VERIFY)


async def test_who_is_verified_gets_no_letter(
    door: Door, post: Post, settings: Settings, a_member: Person, another_member: Person
) -> None:
    mails = {mail.to: mail for mail in await post.arrived()}
    await VERIFYING.by_token(door, mails[a_member.email].token)
    reset = await RESETTING.letter(door, post, another_member)
    await RESETTING.by_token(door, reset.token)
    await post.arrived()

    await VERIFYING.ask(door, a_member)
    await VERIFYING.ask(door, another_member)

    assert await post.names() == []
    assert [row for row in await rows(settings, Letter) if row.sent_at is None] == []


async def test_a_letter_that_waits_is_not_sent_any_more_when_the_address_changes(
    post: Post, as_admin: Door, a_member: Person
) -> None:
    await as_admin.done("patchUser", {"id": a_member.id, "email": "new@example.com"})

    sent = [mail for mail in await post.arrived() if mail.subject == VERIFY]

    assert [mail.to for mail in sent] == ["admin@example.com"]
