"""Every curl line of docs/rest.md works as it stands there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from gql_users import create_app
from gql_users.access import OPERATOR
from gql_users.services.accounts import Profile
from tests.conftest import MakeSettings
from tests.serving import serving

PAGE = (Path(__file__).parent.parent.parent / "docs/rest.md").read_text()

# Which settings the examples of a section are for.
SECTIONS: dict[str, dict[str, Any]] = {
    "crud": {"rest_contract": "crud"},
    "people": {"rest_contract": "people"},
    "accounts": {"rest_contract": "accounts"},
    "/api/v1": {"rest_envelope": True},
}


def lines_of(section: str) -> list[str]:
    """The curl lines of a section."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    blocks: list[str] = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("section", SECTIONS)
async def test_the_examples_work_one_after_the_other(section: str, make_settings: MakeSettings) -> None:
    app = create_app(make_settings(**SECTIONS[section]))
    # The first admin of a first run, whose number the examples leave alone.
    await app.state.services.administration.create(OPERATOR, "admin@example.com", Profile(), is_admin=True)
    async with serving(app) as url:
        for line in lines_of(section):
            command = line.replace("http://localhost:8000", url) + " --fail-with-body --silent --show-error"
            process = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE)
            said, _ = await process.communicate()
            assert process.returncode == 0, (line, said.decode())


def test_no_example_is_passed_over() -> None:
    inside = sum(len(lines_of(section)) for section in SECTIONS)

    assert inside == len(re.findall(r"^curl ", PAGE, re.MULTILINE)) > 15
