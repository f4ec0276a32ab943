"""Facts about `gql-users schema --diff`, told by the real command in a process of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gql_users.graphql.schema import printed
from tests.commands import Commands

UNCHANGED = "nothing has changed that a client could stumble over\n"

LAST_CURSOR = '  """The cursor of the last entry, for `after`."""\n  endCursor: String\n\n'

# What the earlier schema had and this one has not, or the other way round, and how it is named.
BREAKING = {
    "a field is gone": (
        "type PageInfo {",
        'type PageInfo {\n  """Gone."""\n  pages: Int',
        "FIELD_REMOVED Field PageInfo.pages was removed.",
    ),
    "a value may be missing": (
        "startCursor: String\n",
        "startCursor: String!\n",
        "FIELD_CHANGED_KIND Field PageInfo.startCursor changed type from String! to String.",
    ),
    "more is asked for": (
        '  """The address to move to."""\n  newEmail: String!\n',
        "",
        "REQUIRED_INPUT_FIELD_ADDED A required field RequestEmailChangeInput.newEmail was added.",
    ),
}


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """The command in an empty folder."""
    return Commands(tmp_path, {})


async def test_what_has_not_changed_breaks_nobody(commands: Commands) -> None:
    compared = await commands.run("schema", "--diff", "-", typed=printed())

    assert (compared.returncode, compared.stdout, compared.stderr) == (0, UNCHANGED, "")


@pytest.mark.parametrize("change", BREAKING)
async def test_what_breaks_clients_is_named_and_fails(commands: Commands, change: str) -> None:
    now, earlier, named = BREAKING[change]
    assert now in printed()
    file = commands.folder / "earlier.graphql"
    await asyncio.to_thread(file.write_text, printed().replace(now, earlier, 1))

    compared = await commands.run("schema", "--diff", str(file))

    assert (compared.returncode, compared.stdout) == (1, f"breaks clients: {named}\n")


async def test_what_may_surprise_clients_is_named_and_passes(commands: Commands) -> None:
    compared = await commands.run("schema", "--diff", "-", typed=printed().replace("  WEAK_PASSWORD\n", ""))

    added = "VALUE_ADDED_TO_ENUM Enum value ErrorCode.WEAK_PASSWORD was added."
    assert (compared.returncode, compared.stdout) == (0, f"may surprise clients: {added}\n")


async def test_what_is_new_and_what_is_only_said_otherwise_breaks_nobody(commands: Commands) -> None:
    assert LAST_CURSOR in printed()
    earlier = printed().replace("A page of a list.", "Some of a list.").replace(LAST_CURSOR, "")

    compared = await commands.run("schema", "--diff", "-", typed=earlier)

    assert (compared.returncode, compared.stdout) == (0, UNCHANGED)


@pytest.mark.parametrize("text", ["", "type {", "type Query { a: Nothing }"])
async def test_what_is_no_schema_is_refused_in_one_line(commands: Commands, text: str) -> None:
    compared = await commands.run("schema", "--diff", "-", typed=text)

    assert (compared.returncode, compared.stdout) == (2, "")
    assert "Traceback" not in compared.stderr
    assert "this is no schema" in compared.stderr
