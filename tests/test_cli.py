"""Facts about the command line, each told by the real command in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commands import Commands
from tests.databases import SECRET, PostgreSQL, SQLite
from tests.door import PASSWORD, Door

SCHEMA = Path(__file__).parent.parent / "schema.graphql"
COMMANDS = ("serve", "worker", "migrate", "create-admin", "unlock", "schema")


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """The command in an empty folder."""
    return Commands(tmp_path, {})


@pytest.fixture
def at_work(tmp_path: Path, database_url: str) -> Commands:
    """The command beside the running service, on the same database."""
    return Commands(tmp_path, {"database_url": database_url, "secret": SECRET})


async def test_the_help_lists_every_command_with_a_whole_sentence(commands: Commands) -> None:
    helped = await commands.run("--help")

    assert helped.returncode == 0
    listed = helped.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == [*COMMANDS, "letters", "keys"]
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize("command", COMMANDS)
async def test_each_command_tells_what_it_does_and_what_it_takes(commands: Commands, command: str) -> None:
    helped = await commands.run(command, "--help")

    usage, _, does, *rest = helped.stdout.splitlines()
    assert (helped.returncode, usage) == (0, f"Usage: gql-users {command} [OPTIONS]")
    assert does.strip().endswith(".") or rest
    assert max(map(len, helped.stdout.splitlines())) <= 80
    options = [line for line in helped.stdout.splitlines() if line.startswith("  --")]
    assert [option for option in options if len(option.split("  ")) < 3] == []


async def test_no_command_at_all_shows_the_help(commands: Commands) -> None:
    alone, helped = await commands.run(), await commands.run("--help")

    assert alone.stdout + alone.stderr == helped.stdout


async def test_the_printed_schema_is_the_committed_one(commands: Commands) -> None:
    printed = await commands.run("schema")

    assert printed.stdout == SCHEMA.read_text()


async def test_printing_the_schema_needs_no_settings_and_leaves_nothing_behind(commands: Commands) -> None:
    printed = await commands.run("schema", env="production")

    assert (printed.returncode, printed.stderr) == (0, "")
    assert list(commands.folder.iterdir()) == []


async def test_migrating_twice_applies_everything_once(commands: Commands, databases: SQLite | PostgreSQL) -> None:
    url = await databases.empty()

    first = await commands.run("migrate", database_url=url)
    second = await commands.run("migrate", database_url=url)

    assert first.stdout.startswith("applied 2026_11_20_1\n")
    assert second.stdout == "nothing to apply\n"
    await databases.drop(url)


async def test_of_several_that_migrate_at_once_one_applies_and_all_succeed(
    commands: Commands, databases: SQLite | PostgreSQL
) -> None:
    url = await databases.empty()

    ran = await asyncio.gather(*(commands.run("migrate", database_url=url, secret=SECRET) for _ in range(3)))

    assert [each.stderr for each in ran] == ["", "", ""]
    assert sorted(each.stdout.partition(" ")[0] for each in ran) == ["applied", "nothing", "nothing"]
    await databases.drop(url)


async def test_an_admin_signs_in_with_the_password_that_was_typed(at_work: Commands, door: Door) -> None:
    made = await at_work.run("create-admin", "--email", "ada@example.com", "--password-stdin", typed=PASSWORD + "\r\n")

    assert (made.returncode, made.stdout, made.stderr) == (0, "admin ada@example.com has the number 1\n", "")
    login = {"email": "ada@example.com", "password": PASSWORD}
    assert (await door.done("login", login, "user { isAdmin }"))["user"] == {"isAdmin": True}


async def test_an_admin_signs_in_with_the_password_that_was_made_and_shown(at_work: Commands, door: Door) -> None:
    made = await at_work.run("create-admin", "--email", "ada@example.com")

    password = made.stdout.partition("password: ")[2].strip()
    assert len(password) >= 20
    login = {"email": "ada@example.com", "password": password}
    assert (await door.done("login", login, "user { isAdmin }"))["user"] == {"isAdmin": True}


async def test_python_runs_the_same_command_as_a_module(commands: Commands) -> None:
    module = replace(commands, program=(sys.executable, "-m", "gql_users"))

    assert (await module.run("schema")).stdout == SCHEMA.read_text()
    refused = await module.run("migrate", env="nonsense")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
