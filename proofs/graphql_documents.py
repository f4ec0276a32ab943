"""Schemathesis finds no GraphQL request that the service breaks at, or takes over a second for."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from proofs.findings import Finding
from proofs.stage import Service, Stage, an_administered_service, settings_for

ROOT = Path(__file__).parent.parent
DATABASE = "postgresql"
# For each of some thirty fields at the root, so that each caller sends more than a thousand.
EXAMPLES = 50
LEAST = 1_000


async def prove(stage: Stage) -> list[Finding]:
    """Once as a stranger, once as an admin."""
    return [await _asked(stage, as_admin=as_admin) for as_admin in (False, True)]


async def _asked(stage: Stage, *, as_admin: bool) -> Finding:
    async with stage.fresh(DATABASE) as settings, an_administered_service(settings_for(settings.database)) as service:
        code, said = await _run(service, as_admin=as_admin)
    cases = re.search(r"([\d,]+) generated", said)
    number = int(cases[1].replace(",", "")) if cases else 0
    if code or number < LEAST:
        print(said, file=sys.stderr)
    who = "an admin" if as_admin else "a stranger"
    return Finding(
        DATABASE,
        f"operations sent by {who}",
        f"{number:,} cases, exit {code}",
        f"no 5xx, none over 1 s, {LEAST:,} at least",
        code == 0 and number >= LEAST,
    )


async def _run(service: Service, *, as_admin: bool) -> tuple[int, str]:
    url = str(service.door.http.base_url).rstrip("/")
    options = ["--checks=answers_or_refuses", "--max-response-time=1", f"--max-examples={EXAMPLES}"]
    options += ["--continue-on-failure", "--no-color"]
    options += [f"--header=Authorization: Bearer {service.as_admin.token}"] if as_admin else []
    command = str(Path(sys.executable).with_name("schemathesis"))
    with TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            command,
            "run",
            f"{url}/graphql",
            *options,
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "proofs.schemathesis_checks", "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
