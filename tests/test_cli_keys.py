"""Facts about `gql-users keys`, told by the real command beside a running service."""

from __future__ import annotations

import re
from pathlib import Path

import jwt
import pytest

from tests.commands import Commands
from tests.databases import SECRET, PostgreSQL, SQLite
from tests.door import PASSWORD, Door

LINE = re.compile(r"([A-Za-z0-9_-]{43})  (ES256|EdDSA|RS256) *  (\w+) +since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")


@pytest.fixture
def commands(tmp_path: Path, database_url: str) -> Commands:
    """The command beside the running service, on the same database."""
    return Commands(tmp_path, {"database_url": database_url, "secret": SECRET})


async def listed(commands: Commands, **settings: str) -> dict[str, tuple[str, str]]:
    """The algorithm and state of every key that the command shows, the newest first."""
    ran = await commands.run("keys", "list", **settings)
    assert ran.returncode == 0, ran.stderr
    found = [LINE.fullmatch(line) for line in ran.stdout.splitlines()]
    return {line[1]: (line[2], line[3]) for line in found if line is not None}


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def test_the_help_says_what_can_be_done_with_keys(commands: Commands) -> None:
    alone, helped = await commands.run("keys"), await commands.run("keys", "--help")

    assert alone.stdout + alone.stderr == helped.stdout
    told = helped.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in told] == ["list", "rotate"]
    assert [line for line in told if not line.endswith(".")] == []


async def test_the_list_shows_the_key_that_signs_and_the_one_that_follows(commands: Commands, door: Door) -> None:
    kid = kid_of((await door.register("ann@example.com")).access_token)

    keys = await listed(commands)

    assert len(keys) == 2
    assert keys[kid] == ("ES256", "active")
    assert sorted(keys.values()) == [("ES256", "active"), ("ES256", "next")]


async def test_listing_the_keys_of_a_new_database_makes_the_first_ones(commands: Commands) -> None:
    assert sorted(await listed(commands)) == sorted(await listed(commands))


async def test_a_rotation_beside_the_service_interrupts_nobody(commands: Commands, door: Door) -> None:
    before = await door.register("ann@example.com")
    following = next(kid for kid, key in (await listed(commands)).items() if key[1] == "next")

    ran = await commands.run("keys", "rotate")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"signing with {following}\n", "")
    keys = await listed(commands)
    assert (keys[following][1], keys[kid_of(before.access_token)][1], len(keys)) == ("active", "retired", 3)
    assert (await door.as_(before).ask("{ me { email } }"))["me"] == {"email": "ann@example.com"}
    assert await door.codes("login", {"email": "ann@example.com", "password": PASSWORD}) == []
    assert await door.codes("refresh", {"refreshToken": before.refresh_token}) == []


async def test_a_changed_algorithm_is_published_by_a_rotation_and_signs_after_the_next(commands: Commands) -> None:
    await listed(commands)

    await commands.run("keys", "rotate", signing_algorithm="EdDSA")
    published = await listed(commands)
    ran = await commands.run("keys", "rotate", signing_algorithm="EdDSA")

    assert ("EdDSA", "next") in published.values()
    keys = await listed(commands)
    assert keys[ran.stdout.split()[-1]] == ("EdDSA", "active")
    assert sorted(keys.values()) == [
        ("ES256", "retired"),
        ("ES256", "retired"),
        ("EdDSA", "active"),
        ("EdDSA", "next"),
    ]


async def test_keys_of_another_secret_are_named_and_a_rotation_mends_it(commands: Commands) -> None:
    await listed(commands)
    other = {"secret": "another secret, which is as long as it needs"}

    told, mended = await commands.run("keys", "list", **other), await commands.run("keys", "rotate", **other)

    assert told.returncode == mended.returncode == 0
    assert "a signing key belongs to another secret" in told.stderr
    again = await commands.run("keys", "list", **other)
    assert (again.returncode, again.stderr) == (0, "")
    assert kid_of_line(again.stdout, "active") == mended.stdout.split()[-1]


def kid_of_line(text: str, state: str) -> str:
    """The key in this state."""
    return next(line.split()[0] for line in text.splitlines() if f" {state} " in line)


@pytest.mark.parametrize("command", ["list", "rotate"])
async def test_a_database_that_is_away_is_one_line(commands: Commands, command: str) -> None:
    ran = await commands.run("keys", command, database_url="postgresql://nobody:canary@127.0.0.1:1/users")

    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert ran.stderr.startswith("gql-users: The database does not answer")
    assert "canary" not in ran.stderr


@pytest.mark.parametrize("command", ["list", "rotate"])
async def test_a_database_without_tables_is_one_line(
    commands: Commands, databases: SQLite | PostgreSQL, command: str
) -> None:
    url = await databases.empty()

    ran = await commands.run("keys", command, database_url=url)

    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "gql-users migrate" in ran.stderr
    await databases.drop(url)
