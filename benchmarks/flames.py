"""Where the time of the server goes: flame graphs of the three hottest operations, under load."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

from benchmarks.driving import NotMeasuredError, drive
from benchmarks.operations import ME, USER, USERS_50
from benchmarks.servers import OURS, running
from benchmarks.stage import Stage

FOLDER = Path(__file__).parent.parent / "docs" / "flames"
TITLE = re.compile(r'(<text id="title"[^>]*>)[^<]*')
HOTTEST = {"users50": USERS_50, "user": USER, "me": ME}


async def measure(stage: Stage) -> list[dict[str, Any]]:
    """The files that were drawn. Raises NotMeasuredError where py-spy is missing, or must not look."""
    spy = Path(sys.executable).with_name("py-spy")
    if not spy.exists():
        raise NotMeasuredError("flames: py-spy draws them, and `make bench` installs it")
    FOLDER.mkdir(exist_ok=True)
    seconds = 3 if stage.is_quick else 8
    found = []
    async with running(OURS, stage.cluster, stage.people.database) as server:
        admin = await stage.people.access_token(server)
        for name, operation in HOTTEST.items():
            file = FOLDER / f"{name}.svg"
            options = f"--pid {server.pid} --duration {seconds} --rate 500 --nonblocking --output {file}"
            load = drive(
                server.url, operation, users=stage.people.users, connections=16, seconds=seconds + 2, bearers=[admin]
            )
            driving = asyncio.create_task(load)
            await asyncio.sleep(1)
            process = await asyncio.create_subprocess_exec(
                spy, "record", *options.split(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            said, _ = await process.communicate()
            driven = await driving
            if process.returncode:  # it takes rights to look into another process
                raise NotMeasuredError(f"flames: py-spy said {said.decode().strip()}")
            # It would tell how it was drawn, on whose machine, instead of what is seen.
            file.write_text(TITLE.sub(rf"\g<1>{name}", file.read_text()))
            found.append({"operation": name, "file": file.name, "requests": driven.requests})
    return found
