"""Where Node is, and clients in it that are told what to do."""

from __future__ import annotations

import asyncio
import json
import runpy
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
SCHEMA = HERE.parent.parent / "schema.graphql"
EXPLORER = HERE.parent.parent / "explorer" / "build.py"

needs_packages = pytest.mark.skipif(not PACKAGES.exists(), reason="`make setup` installs the Node clients")


@dataclass(frozen=True)
class Client:
    """A Node process with a module, whose functions are called from here."""

    process: asyncio.subprocess.Process

    async def call(self, function: str, *given: Any) -> Any:
        """What a function returns."""
        answer = await self.answer(function, *given)
        assert "error" not in answer, answer
        return answer.get("value")

    async def answer(self, function: str, *given: Any) -> dict[str, Any]:
        """`{"value": …}` with what a function returns, or `{"error": …}` with the code of what it throws."""
        (answer,) = await self.together((function, *given))
        return answer

    async def together(self, *calls: tuple[Any, ...]) -> list[dict[str, Any]]:
        """The answer to each of several calls that are made at once: the function, and what it takes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(calls)}\n".encode())
        line = await self.process.stdout.readline()
        assert line, "the client has ended"
        answers: list[dict[str, Any]] = json.loads(line)
        return answers


@asynccontextmanager
async def a_client(module: Path, **environment: str) -> AsyncIterator[Client]:
    """A client with the functions of the module, until the block ends."""
    node, _ = found()
    process = await asyncio.create_subprocess_exec(
        str(node),
        str(HERE / "each.mjs"),
        str(module),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    assert process.stdin is not None
    try:
        yield Client(process)
    finally:
        process.stdin.close()
        await process.wait()


def copied(name: str, place: Path) -> Path:
    """A copy of a folder of clients in this place, with the schema in it and all else beside it."""
    for script in (*HERE.glob("*.mjs"), HERE / "package.json"):
        shutil.copy(script, place)
    (place / "node_modules").symlink_to(PACKAGES)
    folder = shutil.copytree(HERE / name, place / name)
    shutil.copy(SCHEMA, folder)
    return folder


async def run(*command: str, folder: Path = HERE) -> tuple[int | None, str]:
    """The exit code of one of the installed programs or of a script here, and all that it wrote."""
    node, _ = found()
    script = PACKAGES / ".bin" / command[0]
    process = await asyncio.create_subprocess_exec(
        str(node),
        str(script if script.exists() else HERE / command[0]),
        *command[1:],
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    written, _ = await process.communicate()
    return process.returncode, written.decode()


def found() -> tuple[Path, list[str]]:
    """Node, and what runs npm: on the path, or of the wheel. The explorer's script knows where, and is no module."""
    script = runpy.run_path(str(EXPLORER))
    places = ("_on_path", "_from_wheel", "_after_installing_the_wheel")
    found: tuple[Path, list[str]] = next(filter(None, (script[place]() for place in places)))
    return found
