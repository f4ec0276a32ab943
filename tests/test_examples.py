"""What the documentation shows works as it stands there."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import httpx
from fastapi import FastAPI

from gql_users import Settings
from tests.databases import SECRET
from tests.door import Door
from tests.serving import serving

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


async def test_the_quickstart_passes(door: Door, settings: Settings, tmp_path: Path) -> None:
    finished = await run("bash", str(ROOT / "examples/quickstart.sh"), url_of(door), settings=settings, folder=tmp_path)

    assert finished.endswith("all seven done\n")


async def test_the_first_query_of_the_readme_registers_ann(door: Door, settings: Settings, tmp_path: Path) -> None:
    curl = code("console", containing="mutation { register").replace("http://localhost:8000", url_of(door))

    answer = await run("bash", "-c", curl, settings=settings, folder=tmp_path)

    assert '"name":"ann"' in answer
    assert '"errors":[]' in answer


async def test_the_application_of_the_readme_answers_under_its_prefix(settings: Settings) -> None:
    example = re.sub(r"Settings\(.*\)\)", "settings)", code("python", containing="create_app"))
    names: dict[str, object] = {"settings": settings}

    exec(compile(example, "README.md", "exec"), names)  # noqa: S102 - the README is ours

    application = names["app"]
    assert isinstance(application, FastAPI)
    async with serving(application) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        assert (await http.get("/identity/ready")).json() == {"status": "ok"}


def url_of(door: Door) -> str:
    """Where the service of the test answers."""
    return str(door.http.base_url).rstrip("/")


def code(language: str, *, containing: str) -> str:
    """The block of the README in this language that contains this."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    (block,) = (block for block in blocks if containing in block)
    return block


async def run(*command: str, settings: Settings, folder: Path) -> str:
    """What a command says when it succeeds, with the settings of the service in its environment."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GQL_USERS_DATABASE_URL": settings.database,
        "GQL_USERS_SECRET": SECRET,
    }
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode() + said.decode()
    return said.decode()
