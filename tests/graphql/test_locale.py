"""Facts about the language that somebody reads: what they say, and otherwise what their browser says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.door import PASSWORD, Door, Person, SettableClock
from tests.postbox import Post

ANN = {"email": "ann@example.com", "password": PASSWORD}
INVALID = [("INVALID", ["input", "locale"])]
BAD = ["", " ", "d", "123", "de_DE", "de-", "-de", "de--DE", "de DE", "dé", "de\n", "de\x00", "\ud800", "a" * 36]
BAD += ["de-aaaaaaaaa", "abcdefghi", "de,en", "de;q=1", "*", "../../etc/passwd", "{{ 7 * 7 }}"]


async def locale_of(door: Door, person_id: str) -> Any:
    """What an account says."""
    asked = "query ($id: ID!) { user(by: { id: $id }) { locale } }"
    return (await door.ask(asked, id=person_id))["user"]["locale"]


@pytest.mark.parametrize(
    ("locale", "language", "subject"),
    [
        ("en", "en", "Confirm your e-mail address"),
        ("de", "de", "Bestätigen Sie Ihre E-Mail-Adresse"),
        ("de-CH", "de", "Bestätigen Sie Ihre E-Mail-Adresse"),
        ("FR", "fr", "Confirmez votre adresse"),
        ("es-419", "es", "Confirm"),
        ("tlh", "en", "Confirm your e-mail address"),
        (None, "en", "Confirm your e-mail address"),
    ],
)
async def test_letters_are_in_the_language_that_somebody_registers_with(
    door: Door, post: Post, locale: str | None, language: str, subject: str
) -> None:
    payload = await door.done("register", {**ANN, "locale": locale}, "user { locale }")

    mail = await post.only()
    assert payload["user"]["locale"] == locale
    assert mail.language == language
    assert mail.subject.startswith(subject)


async def test_everybody_has_a_language_that_they_and_admins_change(
    door: Door, post: Post, as_member: Door, as_admin: Door, a_member: Person
) -> None:
    for caller, mutation, locale in (
        (as_member, "patchUser", "de"),
        (as_member, "updateUser", "fr"),
        (as_admin, "patchUser", "pt-BR"),
        (as_admin, "updateUser", "es"),
    ):
        await caller.done(mutation, {"id": a_member.id, "locale": locale})
        assert await locale_of(as_member, a_member.id) == locale
    await post.arrived()

    await door.done("requestPasswordReset", {"email": a_member.email})

    assert (await post.only()).language == "es"


async def test_what_is_not_mentioned_stays_and_null_empties(as_member: Door, a_member: Person) -> None:
    await as_member.done("patchUser", {"id": a_member.id, "locale": "de"})
    await as_member.done("patchUser", {"id": a_member.id, "name": "Mia"})
    await as_member.done("updateUser", {"id": a_member.id, "name": "Mia"})
    assert await locale_of(as_member, a_member.id) == "de"

    await as_member.done("patchUser", {"id": a_member.id, "locale": None})

    assert await locale_of(as_member, a_member.id) is None


async def test_a_change_of_language_is_written_down_without_which(
    as_admin: Door, as_member: Door, a_member: Person
) -> None:
    await as_member.done("patchUser", {"id": a_member.id, "locale": "de"})

    asked = "query ($id: ID!) { user(by: {id: $id}) { version events(first: 1) { nodes { kind details } } } }"
    user = (await as_admin.ask(asked, id=a_member.id))["user"]

    assert user["version"] == 2
    assert user["events"]["nodes"] == [{"kind": "PROFILE_CHANGED", "details": {"fields": ["locale"]}}]


async def test_an_admin_gives_a_new_account_its_language(door: Door, post: Post, as_admin: Door) -> None:
    payload = await as_admin.done("createUser", {"email": "ann@example.com", "locale": "de"}, "user { id locale }")
    await post.arrived()

    await door.done("requestPasswordReset", {"email": "ann@example.com"})

    assert payload["user"]["locale"] == "de"
    assert (await post.only()).language == "de"


async def test_without_a_language_a_letter_is_in_that_of_the_browser_which_asked(door: Door, post: Post) -> None:
    door.http.headers["Accept-Language"] = "fr-CA;q=0.8, de;q=0.9, en;q=0.1"
    await door.register("ann@example.com")
    assert (await post.only()).language == "de"
    door.http.headers["Accept-Language"] = "es"

    await door.done("requestPasswordReset", {"email": "ann@example.com"})

    assert (await post.only()).language == "es"


async def test_what_somebody_says_outweighs_what_a_browser_says(door: Door, post: Post) -> None:
    door.http.headers["Accept-Language"] = "fr"
    await door.done("register", {**ANN, "locale": "de"})
    assert (await post.only()).language == "de"

    await door.done("requestPasswordReset", {"email": "ann@example.com"})

    assert (await post.only()).language == "de"


async def test_who_says_nothing_is_written_to_in_the_language_of_the_request(
    door: Door, post: Post, as_admin: Door, as_member: Door, a_member: Person
) -> None:
    await post.arrived()
    door.http.headers["Accept-Language"] = "de"
    new_password = "another horse battery"

    await as_member.done("requestEmailChange", {"newEmail": "new@example.com", "currentPassword": PASSWORD})
    move = await post.only()
    await door.done("confirmEmailChange", {"token": move.token})
    moved = await post.only()
    await as_member.done("changePassword", {"currentPassword": PASSWORD, "newPassword": new_password})
    changed = await post.only()
    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})
    granted = await post.only()
    await as_admin.done("patchUser", {"id": a_member.id, "email": "newer@example.com"})
    moved_by_an_admin = await post.only()
    await door.done("requestPasswordReset", {"email": "newer@example.com"})
    forgotten = await post.only()
    await door.done("resetPassword", {"token": forgotten.token, "newPassword": PASSWORD})
    reset = await post.only()

    letters = (move, moved, changed, granted, moved_by_an_admin, forgotten, reset)
    assert [mail.language for mail in letters] == ["de"] * len(letters)


async def test_nobody_elses_request_chooses_the_language_of_who_said_one(
    door: Door, post: Post, as_admin: Door, as_member: Door, a_member: Person
) -> None:
    await as_member.done("patchUser", {"id": a_member.id, "locale": "fr"})
    await post.arrived()
    door.http.headers["Accept-Language"] = "de"

    await as_admin.done("setUserAdmin", {"id": a_member.id, "isAdmin": True})
    await as_admin.done("patchUser", {"id": a_member.id, "email": "new@example.com"})
    await door.done("requestPasswordReset", {"email": "new@example.com"})

    assert [mail.language for mail in await post.arrived()] == ["fr"] * 3


async def test_who_shows_a_token_that_was_exchanged_does_not_choose_the_language_of_the_warning(
    door: Door, post: Post, a_member: Person, clock: SettableClock
) -> None:
    await post.arrived()
    await door.done("refresh", {"refreshToken": a_member.refresh_token})
    clock.advance(timedelta(seconds=11))
    door.http.headers["Accept-Language"] = "de"

    assert await door.codes("refresh", {"refreshToken": a_member.refresh_token}) == [("TOKEN_REUSED", None)]

    assert (await post.only()).language == "en"


@pytest.mark.parametrize("header", ["", ";;;", "x" * 5000, "de;q=nonsense", "*", "'; DROP TABLE letters; --"])
async def test_no_header_stops_a_letter(door: Door, post: Post, header: str) -> None:
    door.http.headers["Accept-Language"] = header

    await door.register("ann@example.com")

    assert (await post.only()).to == "ann@example.com"


async def test_what_is_no_language_is_not_valid(door: Door, as_member: Door, as_admin: Door, a_member: Person) -> None:
    for bad in BAD:
        assert await door.codes("register", {**ANN, "locale": bad}) == INVALID, bad
        assert await as_admin.codes("createUser", {"email": ANN["email"], "locale": bad}) == INVALID, bad
        for mutation in ("patchUser", "updateUser"):
            assert await as_member.codes(mutation, {"id": a_member.id, "locale": bad}) == INVALID, bad

    assert await locale_of(as_member, a_member.id) is None
