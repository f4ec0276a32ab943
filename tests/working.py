"""`gql-users worker`, in a process of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from tests.commands import Commands


@dataclass(frozen=True)
class Worker:
    """A worker that was started by the command. What it writes can be read at any time."""

    process: subprocess.Popen[bytes]
    written: Path

    @property
    def output(self) -> str:
        """What it has written so far, to either stream."""
        return self.written.read_text()

    async def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send it this signal, and wait. Its exit code."""
        self.process.send_signal(by)
        return await asyncio.to_thread(self.process.wait, 60)


@dataclass(frozen=True)
class Office(Commands):
    """Runs `gql-users` as Commands do, and workers beside."""

    @asynccontextmanager
    async def working(self, **settings: str) -> AsyncIterator[Worker]:
        """`gql-users worker`, until the block ends or it was ended."""
        written = self.folder / f"written-{token_hex(4)}"
        with written.open("wb") as file:
            process = subprocess.Popen(  # noqa: ASYNC220 - starting it takes no time
                [*self.program, "worker"],
                stdout=file,
                stderr=subprocess.STDOUT,
                env=self._environment(settings),
                cwd=self.folder,
            )
        try:
            yield Worker(process, written)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(20)
