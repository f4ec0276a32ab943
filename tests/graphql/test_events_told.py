"""Facts about what is written down: each deed once, with who did it and from where, and nothing that was typed in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from gql_users import Settings
from gql_users.access import OPERATOR
from gql_users.events import EventKind
from gql_users.services import Services
from tests.conftest import MakeSettings
from tests.door import PASSWORD, Door, Person, SettableClock

BROWSER = "Mozilla/5.0 (a browser)"
ANOTHER = "another horse battery"
TOLD = "id kind occurredAt ipAddress userAgent details actor { id } user { id }"
TOKENS = "tokens { accessToken refreshToken }"

Told = list[tuple[str, str | None, str | None]]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Two wrong passwords are enough to have to wait."""
    return make_settings(account_attempts=2)


class Log:
    """The audit log as an admin reads it, from one look to the next."""

    def __init__(self, as_admin: Door, clock: SettableClock) -> None:
        self.as_admin, self.clock = as_admin, clock
        self.everything: list[Any] = []

    async def look(self) -> list[Any]:
        """What was written since the last look, the oldest first."""
        found = (await self.as_admin.ask(f"{{ events(first: 100) {{ nodes {{ {TOLD} }} }} }}"))["events"]["nodes"]
        known = {event["id"] for event in self.everything}
        new = [event for event in reversed(found) if event["id"] not in known]
        self.everything += new
        return new

    async def told(self) -> Told:
        """The same in short: kind, whom it is about, who did it. It came from the browser, a moment ago."""
        new = await self.look()
        now = self.clock.now().isoformat().replace("+00:00", "Z")
        for event in new:
            assert event["occurredAt"] == now
            from_where = (event["ipAddress"], event["userAgent"])
            assert from_where == ((None, None) if event["kind"] == "KEY_ROTATED" else ("127.0.0.1", BROWSER))
        return [(event["kind"], _id(event["user"]), _id(event["actor"])) for event in new]


def _id(person: Any) -> str | None:
    return person["id"] if person else None


@pytest.fixture
async def log(door: Door, an_admin: Person, a_member: Person, clock: SettableClock) -> Log:
    """The audit log, once everybody is there."""
    door.http.headers["User-Agent"] = BROWSER
    log = Log(door.as_(an_admin), clock)
    assert a_member.id in {_id(event["user"]) for event in await log.look()}
    clock.advance(timedelta(minutes=1))
    return log


BY_LETTER = {EventKind.EMAIL_CHANGED, EventKind.EMAIL_VERIFIED, EventKind.PASSWORD_RESET}


async def test_each_deed_is_told_once_with_who_did_it_and_from_where(
    door: Door, log: Log, a_member: Person, an_admin: Person, services: Services, clock: SettableClock
) -> None:
    mia, ada, as_ada, as_mia = a_member.id, an_admin.id, log.as_admin, door.as_(a_member)
    login = {"email": a_member.email, "password": PASSWORD}

    new = (await door.register("new@example.com")).id
    assert await log.told() == [("REGISTERED", new, new)]
    made = (await as_ada.done("createUser", {"email": "made@example.com"}, "user { id }"))["user"]["id"]
    assert await log.told() == [("CREATED", made, ada)]
    tokens = (await door.done("login", login, TOKENS))["tokens"]
    assert await log.told() == [("SIGNED_IN", mia, mia)]
    first = {"refreshToken": tokens["refreshToken"]}
    for _ in range(2):  # the second one gives the same again
        await door.done("refresh", first)
    assert await log.told() == [("REFRESHED", mia, mia)]
    clock.advance(timedelta(seconds=11))
    for code in ("TOKEN_REUSED", "TOKEN_INVALID"):
        assert await door.codes("refresh", first) == [(code, None)]
    assert await log.told() == [("TOKEN_REUSED", mia, None)]
    tokens = (await door.done("login", login, TOKENS))["tokens"]
    for _ in range(2):
        await door.done("logout", {"refreshToken": tokens["refreshToken"]})
    assert await log.told() == [("SIGNED_IN", mia, mia), ("SIGNED_OUT", mia, mia)]
    await as_mia.done("patchUser", {"id": mia, "age": 30})
    await as_ada.done("updateUser", {"id": mia, "name": "Mia", "username": "mia", "age": 30})
    await as_ada.done("patchUser", {"id": mia, "age": 30})
    assert await log.told() == [("PROFILE_CHANGED", mia, mia), ("PROFILE_CHANGED", mia, ada)]
    await as_mia.done("changePassword", {"currentPassword": PASSWORD, "newPassword": ANOTHER})
    assert await log.told() == [("PASSWORD_CHANGED", mia, mia)]
    session = (await as_mia.ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"][0]["id"]
    for _ in range(2):
        await as_ada.done("revokeSession", {"id": session})
    assert await log.told() == [("SESSION_REVOKED", mia, ada)]
    for deed, kind in (("deactivateUser", "DEACTIVATED"), ("reactivateUser", "REACTIVATED")):
        for _ in range(2):
            await as_ada.done(deed, {"id": mia})
        assert await log.told() == [(kind, mia, ada)]
    for is_admin, kind in ((True, "ADMIN_GRANTED"), (False, "ADMIN_WITHDRAWN")):
        for _ in range(2):
            await as_ada.done("setUserAdmin", {"id": mia, "isAdmin": is_admin})
        assert await log.told() == [(kind, mia, ada)]
    for code in ("INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "RATE_LIMITED"):
        assert await door.codes("login", login) == [(code, None)]
    assert await log.told() == [("SIGN_IN_REFUSED", mia, None)] * 2 + [("THROTTLED", mia, None)]
    await as_ada.done("unlockUser", {"id": mia})
    assert await log.told() == [("UNLOCKED", mia, ada)]
    assert await door.codes("login", login | {"email": "nobody@example.com"}) == [("INVALID_CREDENTIALS", None)]
    assert await log.told() == [("SIGN_IN_REFUSED", None, None)]
    await services.signing_keys.rotate(OPERATOR)
    assert await log.told() == [("KEY_ROTATED", None, None)]
    await as_ada.done("deleteUser", {"id": mia})
    assert await log.told() == [("DELETED", None, ada)]  # who is gone cannot be shown

    # What is done by a letter is told beside the letters.
    assert {event["kind"] for event in log.everything} == set(EventKind) - BY_LETTER


async def test_the_command_line_acts_without_being_anybody(
    as_admin: Door, a_member: Person, services: Services
) -> None:
    await services.administration.set_admin(OPERATOR, a_member.database_id, is_admin=True)

    query = "{ events(first: 1) { nodes { kind actor { id } user { id } ipAddress userAgent } } }"
    (event,) = (await as_admin.ask(query))["events"]["nodes"]

    due = {"actor": None, "user": {"id": a_member.id}, "ipAddress": None, "userAgent": None}
    assert event == {"kind": "ADMIN_GRANTED", **due}


async def test_details_tell_names_and_numbers_and_never_what_was_typed_in(
    door: Door, log: Log, a_member: Person, clock: SettableClock
) -> None:
    typed = {"username": "typed-username", "name": "Typed Name", "firstName": "Typed First", "lastName": "Typed Last"}
    whole = {"id": a_member.id, "email": "typed@example.com", "age": 149, **typed}
    wrong = {"email": "typed@example.com", "password": "typed password"}

    await log.as_admin.done("updateUser", whole)
    for _ in range(3):
        await door.do("login", wrong)
    clock.advance(timedelta(seconds=11))
    for _ in range(2):
        await door.done("refresh", {"refreshToken": a_member.refresh_token})
        clock.advance(timedelta(seconds=5))
    clock.advance(timedelta(seconds=6))
    await door.do("refresh", {"refreshToken": a_member.refresh_token})
    new = await log.look()

    fields = ["age", "email", "firstName", "lastName", "name", "username"]
    told = {event["kind"]: event["details"] for event in new}
    assert told["PROFILE_CHANGED"] == {"fields": fields}
    assert told["THROTTLED"] == {"retryAfterSeconds": 30}
    assert told["TOKEN_REUSED"].keys() == {"sessionId"}
    assert "yped" not in json.dumps([event["details"] for event in new])
    assert "149" not in json.dumps([event["details"] for event in new if event["kind"] == "PROFILE_CHANGED"])


async def test_what_is_refused_is_not_told(door: Door, log: Log, a_member: Person, an_admin: Person) -> None:
    mia = door.as_(a_member)
    refused: list[tuple[Door, str, dict[str, Any], str]] = [
        (door, "register", {"email": a_member.email, "password": PASSWORD}, "EMAIL_TAKEN"),
        (door, "register", {"email": "new@example.com", "password": "short"}, "WEAK_PASSWORD"),
        (door, "refresh", {"refreshToken": "nonsense"}, "TOKEN_INVALID"),
        (door, "logout", {"refreshToken": "nonsense"}, "TOKEN_INVALID"),
        (mia, "createUser", {"email": "new@example.com"}, "FORBIDDEN"),
        (mia, "patchUser", {"id": an_admin.id, "age": 30}, "NOT_FOUND"),
        (mia, "patchUser", {"id": a_member.id, "age": 30, "expectedVersion": 9}, "VERSION_MISMATCH"),
        (mia, "changePassword", {"currentPassword": PASSWORD, "newPassword": "password"}, "WEAK_PASSWORD"),
        (log.as_admin, "deactivateUser", {"id": an_admin.id}, "LAST_ADMIN"),
        (log.as_admin, "setUserAdmin", {"id": an_admin.id, "isAdmin": False}, "LAST_ADMIN"),
        (log.as_admin, "deleteUser", {"id": an_admin.id}, "LAST_ADMIN"),
        (log.as_admin, "unlockUser", {"id": "nobody"}, "NOT_FOUND"),
    ]

    for asking, deed, given, code in refused:
        assert [each for each, _ in await asking.codes(deed, given)] == [code], deed

    assert await log.told() == []
