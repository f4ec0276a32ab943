"""No secret turns up in a log line, in an event, or in an answer that is not its owner's, whatever the tests do."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from proofs.canaries import FOLDER, WHERE, Tally
from proofs.findings import Finding, all_of, at_most
from proofs.planted_leaks import KINDS
from proofs.stage import Stage

ROOT = Path(__file__).parent.parent
WATCHED = ("-p", "proofs.watching_tests")
SHOWN = 20


async def prove(_stage: Stage) -> list[Finding]:
    """Runs all tests on every core with everything logged, and a few with leaks planted."""
    watched, passed = await _tests("--numprocesses=auto")
    planted, _ = await _tests("-p", "proofs.planted_leaks", "tests/graphql/test_login.py")
    for leak in watched.leaks[:SHOWN]:
        print("leak:", *leak, sep="\n  ", file=sys.stderr)
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(watched.secrets.items()))
    found = {where for _, where, _, _ in planted.leaks}
    return [
        Finding("both", "tests that ran with everything logged", f"{watched.tests:,}", "all pass", passed),
        Finding("both", "secrets known, each in its test", f"{sum(watched.secrets.values()):,} ({kinds})"),
        *(Finding("both", f"{where} read", f"{watched.read[where]:,}") for where in WHERE),
        at_most("both", "secrets that turned up in them", len(watched.leaks), 0, ""),
        all_of("both", "kinds of leaks found where they were planted", len(found), KINDS, ", ".join(sorted(found))),
    ]


async def _tests(*options: str) -> tuple[Tally, bool]:
    """What watching tests found, and whether they pass."""
    with TemporaryDirectory(prefix="gql-users-canary-") as folder:
        command = [sys.executable, "-m", "pytest", *WATCHED, "-q", "-p", "no:cacheprovider", *options]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=os.environ | {FOLDER: folder},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        if process.returncode:
            print(said.decode()[-6_000:], file=sys.stderr)
        return Tally.of(file.read_text() for file in Path(folder).iterdir()), process.returncode == 0
