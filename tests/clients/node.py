"""Where Node is, and a client in it that says of each token what it makes of it."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
EXPLORER = HERE.parent.parent / "explorer" / "build.py"


@dataclass(frozen=True)
class Client:
    """A Node process with a `verified` function, which is given one token at a time."""

    process: asyncio.subprocess.Process

    async def verified(self, token: str) -> Any:
        """`{"claims": …}`, or `{"error": …}` with the code of the refusal."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(token)}\n".encode())
        line = await self.process.stdout.readline()
        assert line, "the client has ended"
        return json.loads(line)


@asynccontextmanager
async def a_client(module: Path, **environment: str) -> AsyncIterator[Client]:
    """A client that verifies as the module does, until the block ends."""
    node, _ = found()
    process = await asyncio.create_subprocess_exec(
        str(node),
        str(HERE / "each.mjs"),
        str(module),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield Client(process)
    finally:
        process.stdin.close()
        await process.wait()


def found() -> tuple[Path, list[str]]:
    """Node, and what runs npm: on the path, or of the wheel. The explorer's script knows where, and is no module."""
    script = runpy.run_path(str(EXPLORER))
    places = ("_on_path", "_from_wheel", "_after_installing_the_wheel")
    found: tuple[Path, list[str]] = next(filter(None, (script[place]() for place in places)))
    return found
