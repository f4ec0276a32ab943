"""Facts about what the command line says when something is wrong: one readable line, and no success."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.commands import Commands
from tests.databases import SECRET, PostgreSQL, SQLite
from tests.door import PASSWORD, Door

CANARY = "canary-0451"

BAD_SETTINGS = {
    "env": {"env": CANARY},
    "secret": {"secret": CANARY},
    "database": {"database_url": f"mysql://{CANARY}@host/users"},
    "database's port": {"database_url": f"postgresql://somebody@host:{CANARY}/users"},
    "password that needed escaping": {"database_url": f"postgresql://somebody:{CANARY}/2@host/users"},
    "number": {"pool_size": CANARY},
    "lifetime": {"access_token_lifetime": CANARY},
    "address": {"public_url": CANARY},
    "origins": {"cors_origins": f"https://{CANARY}.example,*"},
    "production": {"env": "production", "public_url": f"https://{CANARY}.example"},
}

UNREACHABLE = {
    "nobody listens": {"database_url": f"postgresql://somebody:{CANARY}@127.0.0.1:1/users"},
    "no such host": {"database_url": f"postgresql://somebody:{CANARY}@nowhere.invalid/users"},
    "a file where a folder should be": {"database_url": "sqlite:///a-file/users.db"},
    "a folder where a file should be": {"database_url": "sqlite:///a-folder"},
    "data folder is a file": {"data_dir": "a-file"},
    "data folder cannot be made": {"data_dir": "a-file/data"},
}


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """The command in a folder of its own."""
    (tmp_path / "a-file").touch()
    (tmp_path / "a-folder").mkdir()
    return Commands(tmp_path, {})


@pytest.fixture
def at_work(tmp_path: Path, database_url: str) -> Commands:
    """The command beside the running service, on the same database."""
    return Commands(tmp_path, {"database_url": database_url, "secret": SECRET})


def the_line_of(ran: subprocess.CompletedProcess[str]) -> str:
    """The only line of a refusal."""
    assert ran.returncode == 1, ran
    assert ran.stdout == ""
    lines = ran.stderr.splitlines()
    assert len(lines) == 1, ran.stderr
    assert lines[0].startswith("gql-users: ")
    return lines[0].removeprefix("gql-users: ")


@pytest.mark.parametrize("settings", BAD_SETTINGS.values(), ids=BAD_SETTINGS.keys())
async def test_a_bad_setting_is_named_and_its_value_is_not_shown(commands: Commands, settings: dict[str, str]) -> None:
    line = the_line_of(await commands.run("migrate", **settings))

    assert line.startswith("GQL_USERS_")
    assert CANARY not in line


async def test_every_bad_setting_has_a_line(commands: Commands) -> None:
    refused = await commands.run("migrate", env=CANARY, pool_size="0", secret="short")

    named = [line.removeprefix("gql-users: ").partition(":")[0] for line in refused.stderr.splitlines()]
    assert named == ["GQL_USERS_ENV", "GQL_USERS_SECRET", "GQL_USERS_POOL_SIZE"]


@pytest.mark.parametrize("settings", UNREACHABLE.values(), ids=UNREACHABLE.keys())
async def test_a_database_that_cannot_be_reached_is_one_line(commands: Commands, settings: dict[str, str]) -> None:
    line = the_line_of(await commands.run("migrate", **settings))

    assert CANARY not in line


@pytest.mark.parametrize("command", [("serve",), ("create-admin", "--email", "ada@example.com")], ids=lambda it: it[0])
async def test_every_command_that_needs_a_database_says_so_in_one_line(
    commands: Commands, command: tuple[str, ...]
) -> None:
    line = the_line_of(await commands.run(*command, **UNREACHABLE["nobody listens"], log_level="info"))

    assert CANARY not in line


async def test_a_database_without_tables_is_one_line(commands: Commands, databases: SQLite | PostgreSQL) -> None:
    url = await databases.empty()

    line = the_line_of(await commands.run("create-admin", "--email", "ada@example.com", database_url=url))

    assert "migrate" in line
    await databases.drop(url)


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("nonsense", PASSWORD, "email: "),
        ("ada@example.com\x1b[31m", PASSWORD, "email: "),
        ("ADA@example.com", PASSWORD, "email: "),
        ("eve@example.com", "short", "password: "),
        ("eve@example.com", "", "password: "),
        ("eve@example.com", "eve@example.com", "password: "),
        ("eve@example.com", "x" * 1025, "password: "),
    ],
    ids=["bad address", "control characters", "taken", "short", "empty", "own address", "long"],
)
async def test_an_account_that_cannot_be_made_is_one_line(
    at_work: Commands, door: Door, email: str, password: str, said: str
) -> None:
    await door.register("ada@example.com")

    line = the_line_of(await at_work.run("create-admin", "--email", email, "--password-stdin", typed=password))

    assert line.startswith(said)
    assert line.endswith(".")


async def test_everything_wrong_with_an_account_is_said_at_once(at_work: Commands) -> None:
    refused = await at_work.run("create-admin", "--email", "nonsense", "--password-stdin", typed="short")

    fields = [line.removeprefix("gql-users: ").partition(":")[0] for line in refused.stderr.splitlines()]
    assert (refused.returncode, fields) == (1, ["email", "password"])


async def test_a_refused_admin_is_not_made(at_work: Commands, door: Door) -> None:
    member = await door.register("ada@example.com")

    await at_work.run("create-admin", "--email", "ada@example.com", "--password-stdin", typed="another long password")

    me = (await door.as_(member).ask("{ me { isAdmin } }"))["me"]
    assert me == {"isAdmin": False}


@pytest.mark.parametrize("arguments", [("nonsense",), ("migrate", "--nonsense"), ("serve", "--port", "99999")])
async def test_a_mistyped_command_says_where_help_is(commands: Commands, arguments: tuple[str, ...]) -> None:
    refused = await commands.run(*arguments)

    assert refused.returncode == 2
    assert "--help' for help" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_a_port_that_is_taken_is_said_plainly(commands: Commands) -> None:
    async with commands.serving() as running:
        refused = await commands.run("serve", "--port", running.url.rpartition(":")[2])

    assert refused.returncode > 0
    assert "Traceback" not in refused.stderr
    assert "address already in use" in refused.stderr
