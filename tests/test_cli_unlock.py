"""Facts about `gql-users unlock`, each told by the real command in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from gql_users import Settings
from tests.commands import Commands
from tests.conftest import MakeSettings
from tests.databases import SECRET
from tests.door import PASSWORD, Door, Person
from tests.guessing import ELSEWHERE, HERE, from_another_network, guess, told

LIMITED = [("RATE_LIMITED", None)]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """A service that listens to two wrong passwords for an account, and to six from a network."""
    return make_settings(account_attempts=2, network_attempts=6)


@pytest.fixture
def at_work(tmp_path: Path, database_url: str) -> Commands:
    """The command beside the running service, on the same database."""
    return Commands(tmp_path, {"database_url": database_url, "secret": SECRET})


@pytest.mark.parametrize("name", [("--email", " MEMBER@example.com"), ("--username", "Mia")], ids=lambda it: it[0])
async def test_an_account_is_unlocked_by_any_spelling_of_what_it_is_called(
    at_work: Commands, door: Door, a_member: Person, name: tuple[str, str]
) -> None:
    await guess(door, 2, email=a_member.email)
    await guess(door, 2, username="mia")

    unlocked = await at_work.run("unlock", *name)

    assert (unlocked.returncode, unlocked.stdout, unlocked.stderr) == (0, "unlocked\n", "")
    for identifier in ({"email": a_member.email}, {"username": "mia"}):
        assert await door.codes("login", {**identifier, "password": PASSWORD}) == []


async def test_a_network_is_unlocked_by_its_address_and_no_other_is(
    at_work: Commands, door: Door, a_member: Person
) -> None:
    login = {"email": a_member.email, "password": PASSWORD}
    async with from_another_network(door) as elsewhere:
        for somebody in (door, elsewhere):
            for number in range(6):
                await guess(somebody, 1, email=f"nobody-{number}@example.com")
            assert await somebody.codes("login", login) == LIMITED

        unlocked = await at_work.run("unlock", "--address", HERE)

        assert (unlocked.returncode, unlocked.stdout) == (0, "unlocked\n")
        assert await door.codes("login", login) == []
        assert await elsewhere.codes("login", login) == LIMITED


async def test_a_network_is_unlocked_with_the_accounts_it_tried(
    at_work: Commands, door: Door, a_member: Person
) -> None:
    await guess(door, 2, email=a_member.email)

    await at_work.run("unlock", "--address", HERE)

    assert await door.codes("login", {"email": a_member.email, "password": PASSWORD}) == []


async def test_an_account_and_a_network_are_unlocked_together(
    at_work: Commands, door: Door, as_admin: Door, a_member: Person
) -> None:
    unlocked = await at_work.run("unlock", "--email", a_member.email, "--address", ELSEWHERE)

    assert unlocked.returncode == 0
    events = await told(as_admin, "UNLOCKED")
    assert sorted((event["user"] or {}).get("id", "") for event in events) == ["", a_member.id]
    assert {(event["actor"], event["ipAddress"]) for event in events} == {(None, None)}


async def test_whom_nobody_knows_is_one_line(at_work: Commands, as_admin: Door) -> None:
    for option, name in (("--email", "nobody@example.com"), ("--email", "nonsense"), ("--username", "\x1b[31m")):
        refused = await at_work.run("unlock", option, name)

        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.count("\n") == 1
        assert refused.stderr.startswith("gql-users: ")
        assert name not in refused.stderr
    assert await told(as_admin, "UNLOCKED") == []


async def test_somebody_must_be_named(at_work: Commands) -> None:
    for arguments in ((), ("--email", ""), ("--address", "")):
        refused = await at_work.run("unlock", *arguments)

        assert (refused.returncode, refused.stdout) == (2, "")
        assert "--email, --username or --address" in " ".join(refused.stderr.split())
        assert "Traceback" not in refused.stderr
