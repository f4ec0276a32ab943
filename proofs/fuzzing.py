"""Schemathesis, run as a command of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent


async def schemathesis(url: str, *options: str, hooks: str, token: str | None = None) -> tuple[int, str]:
    """Send what the schema at a URL allows, and look at the answers: the exit code, and what it said.

    `hooks` is the module that it loads first; `token` is shown with every request.
    """
    shown = [f"--header=Authorization: Bearer {token}"] if token is not None else []
    command = str(Path(sys.executable).with_name("schemathesis"))
    with TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            command,
            "run",
            url,
            "--continue-on-failure",
            "--no-color",
            *options,
            *shown,
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": hooks, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
