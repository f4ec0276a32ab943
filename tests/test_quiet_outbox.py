"""Facts about what a quiet registration becomes: an account with its letter, or word to who has the address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest

from gql_users import Settings
from gql_users.access import OPERATOR, Client
from gql_users.mail.senders import MemorySender
from gql_users.models import Event, Letter, Session, User
from gql_users.services import Services
from gql_users.services.accounts import Profile
from gql_users.services.letters import registration
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, SettableClock
from tests.guessing import HERE
from tests.postbox import ALREADY, RESET, VERIFY, Mail, Post, deliver_all, deliver_some, rows
from tests.test_outbox import AWAY, TAKEN_FOR, StallingSender, another_worker, change_tables, in_every_table, the_letter
from tests.ways import GONE, NEW_PASSWORD, RESETTING, VERIFYING, sign_in

ANN = "ann@example.com"
ANOTHER = "wrong horse battery"
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(registration="quiet")


@pytest.fixture(autouse=True)
async def closed_afterwards(services: Services) -> AsyncIterator[None]:
    """Some tests deliver without a service that answers, which would let its connections go."""
    yield
    await services.operation.close()


async def register(door: Door, email: str = ANN, password: str = PASSWORD, **more: object) -> None:
    """Somebody registers."""
    await door.done("register", {"email": email, "password": password, **more})


async def verified(door: Door, post: Post, clock: SettableClock, **more: str) -> None:
    """Somebody registers and reads the letter, a while ago."""
    await register(door, **more)
    assert await VERIFYING.by_token(door, (await post.only()).token) == []
    clock.advance(timedelta(hours=2))


async def signs_in(door: Door, password: str) -> bool:
    """Does she get in with this password?"""
    return await door.codes("login", {"email": ANN, "password": password}) == []


async def test_a_new_address_gets_the_letter_that_verifies_and_then_its_owner_signs_in(
    door: Door, post: Post, settings: Settings
) -> None:
    door.http.headers["User-Agent"] = "a phone"
    await register(door, "Ann@Example.com", firstName="Ann", lastName="Lee", age=40, locale="de")

    mail = await post.only()

    assert mail.to == "Ann@example.com"
    assert mail.language == "de"
    assert "Ann Lee" in mail.text
    assert await rows(settings, Session) == []
    assert not await signs_in(door, PASSWORD)
    assert await VERIFYING.by_token(door, mail.token) == []
    me = door.showing((await sign_in(door, ANN))["tokens"]["accessToken"])
    said = "email name firstName lastName age locale username isAdmin version createdAt"
    happened = "events { nodes { kind ipAddress userAgent actor { email } } }"
    found = (await me.ask(f"{{ me {{ {said} {happened} }} }}"))["me"]
    first = {"kind": "REGISTERED", "ipAddress": HERE, "userAgent": "a phone", "actor": {"email": "Ann@example.com"}}
    assert found.pop("events")["nodes"][-1] == first
    assert found == {
        "email": "Ann@example.com",
        "name": "Ann Lee",
        "firstName": "Ann",
        "lastName": "Lee",
        "age": 40,
        "locale": "de",
        "username": None,
        "isAdmin": False,
        "version": 2,
        "createdAt": "2026-03-01T12:00:00Z",
    }


async def test_a_letter_is_in_the_language_of_the_browser_when_nobody_says_another_one(door: Door, post: Post) -> None:
    door.http.headers["Accept-Language"] = "fr"
    await register(door)

    assert (await post.only()).language == "fr"


async def test_the_owner_of_a_verified_address_hears_that_somebody_tried_and_nothing_changes(
    door: Door, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await verified(door, post, clock, email="Ann@Example.com", name="Ann")
    before = await rows(settings, User)

    await register(door, "ａnn@example.com", ANOTHER, name="Somebody Else")

    mail = await post.only()
    assert (mail.to, mail.subject) == ("Ann@example.com", ALREADY)
    assert "Hello Ann," in mail.text
    assert "Somebody Else" not in mail.message.as_string()
    assert "token=" not in mail.text
    assert await rows(settings, User) == before
    assert not await signs_in(door, ANOTHER)
    assert await signs_in(door, PASSWORD)


@pytest.mark.parametrize("worker_came", [True, False])
async def test_of_two_registrations_before_anybody_verified_neither_password_counts(
    door: Door, post: Post, clock: SettableClock, settings: Settings, worker_came: bool
) -> None:
    await register(door, password=PASSWORD)
    first = await post.arrived() if worker_came else []
    clock.advance(HALF_A_MINUTE)
    await register(door, password=ANOTHER)

    letters = {mail.subject: mail for mail in [*first, *await post.arrived()]}

    assert len(await rows(settings, User)) == 1
    if VERIFY in letters:
        assert await VERIFYING.by_token(door, letters[VERIFY].token) == GONE
    assert await RESETTING.by_token(door, letters[RESET].token) == []
    assert [await signs_in(door, password) for password in (PASSWORD, ANOTHER, NEW_PASSWORD)] == [False, False, True]


@pytest.mark.parametrize("waited", [True, False])
async def test_whoever_registers_an_address_before_its_owner_never_has_their_password_confirmed(
    door: Door, post: Post, clock: SettableClock, waited: bool
) -> None:
    await register(door, password="the thief's own password")
    await post.arrived()
    clock.advance(timedelta(hours=2))
    asking = "requestEmailVerification", {"email": ANN}
    if waited:
        post.sender.failing = AWAY
        await door.done(*asking)
        await post.arrived()
        post.sender.failing = None
    await register(door, password=ANOTHER)
    first = await post.only()
    if not waited:
        await door.done(*asking)
    clock.advance(timedelta(minutes=1))

    mail = await post.only()

    assert [first.subject, mail.subject] == [RESET, RESET]
    assert await RESETTING.by_token(door, first.token) == GONE
    assert await RESETTING.by_token(door, mail.token) == []
    passwords = ("the thief's own password", ANOTHER, NEW_PASSWORD)
    assert [await signs_in(door, password) for password in passwords] == [False, False, True]


async def test_what_was_said_last_counts_while_nobody_has_verified_the_address(
    door: Door, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await register(door, name="Call 0900 666 and win", firstName="Call", age=99, locale="fr")
    await post.arrived()
    clock.advance(HALF_A_MINUTE)
    await register(door, name="Vera", locale="de")

    mail = await post.only()

    assert mail.language == "de"
    assert "Vera" in mail.text
    assert "0900" not in mail.message.as_string()
    (user,) = await rows(settings, User)
    assert (user.name, user.name_key, user.first_name, user.age, user.locale) == ("Vera", "vera", None, None, "de")
    changes = {row.kind: row for row in await rows(settings, Event)}
    assert changes.keys() == {"REGISTERED", "PASSWORD_CHANGED", "PROFILE_CHANGED"}
    assert changes["PROFILE_CHANGED"].details == {"fields": ["age", "firstName", "locale", "name"]}
    assert {changes[kind].actor_id for kind in ("PASSWORD_CHANGED", "PROFILE_CHANGED")} == {None}


async def test_what_an_account_says_stays_once_somebody_has_signed_in_to_it(
    door: Door, post: Post, settings: Settings, make_settings: MakeSettings, clock: SettableClock
) -> None:
    async with another_worker(make_settings(registration="open"), clock, post.sender) as earlier:
        await earlier.registration.register(ANN, PASSWORD, Profile(name="Ann"), Client())
    await post.arrived()

    await register(door, name="Somebody Else")

    mail = await post.only()
    assert mail.subject == RESET
    assert "Hello Ann," in mail.text
    assert [user.name for user in await rows(settings, User)] == ["Ann"]


async def test_a_closed_account_keeps_its_password_when_its_address_is_registered(
    door: Door, post: Post, services: Services, settings: Settings
) -> None:
    user = await services.administration.create(OPERATOR, ANN, Profile(), password=PASSWORD)
    await services.administration.deactivate(OPERATOR, user.id)
    before = await rows(settings, User)

    await register(door, password=ANOTHER)
    await post.arrived()

    assert await rows(settings, User) == before


async def test_who_has_an_account_that_an_admin_made_gets_a_letter_to_choose_a_password(
    door: Door, post: Post, services: Services
) -> None:
    await services.administration.create(OPERATOR, ANN, Profile(name="Ann"))

    await register(door, name="Somebody Else")

    mail = await post.only()
    assert (mail.to, mail.subject) == (ANN, RESET)
    assert "Hello Ann," in mail.text
    assert await RESETTING.by_token(door, mail.token) == []
    assert await signs_in(door, NEW_PASSWORD)


async def test_a_closed_account_hears_nothing(door: Door, post: Post, services: Services, settings: Settings) -> None:
    user = await services.administration.create(OPERATOR, ANN, Profile())
    await services.administration.deactivate(OPERATOR, user.id)

    await register(door)

    assert await post.arrived() == []
    assert await rows(settings, Letter) == []


async def test_what_waits_has_the_hash_of_the_password_until_a_worker_comes(
    door: Door, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await verified(door, post, clock)
    await register(door, "ben@example.com")
    await register(door, ANN, ANOTHER)
    waiting = [row.details for row in await rows(settings, Letter) if row.sent_at is None]
    assert [set(details) for details in waiting] == [{"profile", "password_hash", "client"}] * 2
    everything = await in_every_table(settings)
    assert not {PASSWORD, ANOTHER} & {word for word in (PASSWORD, ANOTHER) if word in everything}

    post.sender.failing = AWAY
    await post.arrived()

    assert [row.details for row in await rows(settings, Letter)] == [None] * 3
    hashes = {user.email: user.password_hash for user in await rows(settings, User)}
    assert {details["password_hash"] for details in waiting} - {*hashes.values()} != set()
    assert hashes["ben@example.com"] in {details["password_hash"] for details in waiting}


async def test_the_numbers_of_ones_own_accounts_do_not_tell_whether_an_address_between_them_was_free(
    door: Door, post: Post, services: Services, settings: Settings, clock: SettableClock
) -> None:
    await verified(door, post, clock)
    await services.administration.create(OPERATOR, "unverified@example.com", Profile())
    closed = await services.administration.create(OPERATOR, "closed@example.com", Profile())
    await services.administration.deactivate(OPERATOR, closed.id)
    targets = ("free@example.com", ANN, "unverified@example.com", "closed@example.com")

    for number, target in enumerate((*targets, None)):
        await register(door, f"own{number}@example.com")
        await post.arrived()
        if target is not None:
            await register(door, target)
            await post.arrived()

    numbers = {user.email: user.id for user in await rows(settings, User)}
    own = [numbers[f"own{number}@example.com"] for number in range(5)]
    assert [later - earlier for earlier, later in pairwise(own)] == [2, 2, 2, 2]


async def test_a_registration_that_cannot_be_one_is_given_up_and_keeps_no_hash(
    services: Services, post: Post, settings: Settings, clock: SettableClock
) -> None:
    details = {"profile": {"age": 400}, "password_hash": "a hash", "client": {}}
    async with services.delivery.unit_of_work() as work:
        await work.letters.add(registration(ANN, None, details, now=clock.now()))

    assert await post.arrived() == []

    letter = await the_letter(settings)
    assert letter.given_up_at is not None
    assert letter.details is None
    assert await rows(settings, User) == []


async def test_what_waits_when_registration_is_closed_becomes_no_account(
    door: Door,
    sender: MemorySender,
    settings: Settings,
    make_settings: MakeSettings,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await register(door)

    async with another_worker(make_settings(registration="closed"), clock, sender) as later:
        await deliver_all(later.delivery)

    assert sender.sent == []
    assert await rows(settings, User) == []
    assert await rows(settings, Letter) == []
    assert "a registration was dropped: registration is closed" in caplog.messages
    assert ANN not in caplog.text


async def test_a_letter_of_a_quiet_registration_is_sent_although_registration_is_closed_by_then(
    door: Door, post: Post, make_settings: MakeSettings, clock: SettableClock
) -> None:
    await register(door)
    post.sender.failing = AWAY
    await post.arrived()
    post.sender.failing = None
    clock.advance(timedelta(seconds=10))

    async with another_worker(make_settings(registration="closed"), clock, post.sender) as later:
        await deliver_all(later.delivery)

    assert [Mail(message).subject for message in post.sender.sent] == [VERIFY]


async def test_a_worker_that_dies_after_making_the_account_leaves_the_letter_that_verifies(
    door: Door, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await register(door)
    stalling = StallingSender()
    async with another_worker(settings, clock, stalling) as doomed:
        delivering = asyncio.create_task(deliver_some(doomed.delivery))
        await asyncio.wait_for(stalling.taken.wait(), 30)
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
    assert len(await rows(settings, User)) == 1
    clock.advance(TAKEN_FOR)

    mail = await post.only()

    assert (mail.to, mail.subject) == (ANN, VERIFY)
    assert mail.message["Message-ID"] != Mail(stalling.sent[0]).message["Message-ID"], "it has a link of its own"
    assert len(await rows(settings, User)) == 1
    assert await VERIFYING.by_token(door, mail.token) == []
    assert await signs_in(door, PASSWORD)


async def test_an_account_that_cannot_be_made_whole_is_not_made_and_is_tried_again(
    door: Door, post: Post, settings: Settings, clock: SettableClock
) -> None:
    await register(door)
    await change_tables(settings, "ALTER TABLE events RENAME TO away")
    assert await post.arrived() == []
    assert await rows(settings, User) == []
    await change_tables(settings, "ALTER TABLE away RENAME TO events")
    clock.advance(timedelta(seconds=10))

    mail = await post.only()

    assert (mail.to, mail.subject) == (ANN, VERIFY)
    assert await VERIFYING.by_token(door, mail.token) == []


async def test_several_workers_make_one_account_for_each_address(
    door: Door, post: Post, services: Services, settings: Settings, clock: SettableClock
) -> None:
    people = [f"{number}@example.com" for number in range(8)]
    for _ in range(2):
        for email in people:
            await register(door, email)
        clock.advance(HALF_A_MINUTE)

    async with (
        another_worker(settings, clock, post.sender) as second,
        another_worker(settings, clock, post.sender) as third,
    ):
        await asyncio.gather(*(deliver_all(worker.delivery) for worker in (services, second, third)))

    assert sorted(user.email for user in await rows(settings, User)) == people
    sent = [Mail(message) for message in post.sender.sent]
    assert {mail.to for mail in sent if mail.subject == RESET} == {*people}
    assert {mail.subject for mail in sent} <= {VERIFY, RESET}
    assert [row.trouble for row in await rows(settings, Letter)] == [None] * len(await rows(settings, Letter))


async def test_a_worker_whose_turn_was_over_finds_the_letter_that_another_made_of_it(
    door: Door, services: Services, settings: Settings, clock: SettableClock
) -> None:
    await register(door)
    async with services.delivery.unit_of_work() as work:
        (row,) = await work.letters.claim(now=clock.now(), until=clock.now(), most=1)

    decided = await asyncio.gather(*(services.delivery.registrations.decide(row) for _ in range(3)))

    assert {(letter.kind, letter.user_id) for letter in decided if letter is not None} == {
        ("VERIFY_EMAIL", user.id) for user in await rows(settings, User)
    }
    assert None not in decided
