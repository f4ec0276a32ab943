"""The real command, in processes and with an environment of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

GQL_USERS = (str(Path(sys.executable).with_name("gql-users")),)


@dataclass(frozen=True)
class Running:
    """A service that was started by the command. What it writes can be read at any time."""

    url: str
    process: subprocess.Popen[bytes]
    written: Path

    @property
    def output(self) -> str:
        """What it has written so far, to either stream."""
        return self.written.read_text()

    async def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and wait. Its exit code."""
        self.process.send_signal(by)
        return await asyncio.to_thread(self.process.wait, 20)


@dataclass(frozen=True)
class Commands:
    """Runs `gql-users` in a folder, with these settings and none of the surroundings'."""

    folder: Path
    settings: dict[str, str]
    program: tuple[str, ...] = GQL_USERS

    async def run(self, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself. `typed` is what it reads, `settings` come on top of the usual ones."""
        return await asyncio.to_thread(
            subprocess.run,
            [*self.program, *arguments],
            input=typed,
            env=self._environment(settings),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @asynccontextmanager
    async def serving(self, *arguments: str, **settings: str) -> AsyncIterator[Running]:
        """`gql-users serve` on a free port, until the block ends or it was ended."""
        port = _free_port()
        written = self.folder / f"written-{port}"
        with written.open("wb") as file:
            process = subprocess.Popen(  # noqa: ASYNC220 - starting it takes no time
                [*self.program, "serve", "--port", str(port), *arguments],
                stdout=file,
                stderr=subprocess.STDOUT,
                env=self._environment(settings),
                cwd=self.folder,
                start_new_session=True,
            )
        running = Running(f"http://127.0.0.1:{port}", process, written)
        try:
            await _answering(running)
            yield running
        finally:
            if process.poll() is None:
                # Its workers are in the session that was made for it, and end with it.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GQL_USERS_")}
        named = {f"GQL_USERS_{name.upper()}": value for name, value in (self.settings | settings).items()}
        return {**surroundings, "COLUMNS": "80", **named}


async def _answering(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
        for _ in range(300):
            assert running.process.poll() is None, running.output
            try:
                await http.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    raise AssertionError(running.output)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
