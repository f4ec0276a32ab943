"""Schemathesis finds no GraphQL request that the service breaks at, or takes over a second for."""

from __future__ import annotations

import re
import sys

from proofs.findings import Finding
from proofs.fuzzing import schemathesis
from proofs.stage import Stage, an_administered_service, settings_for

DATABASE = "postgresql"
# For each of some thirty fields at the root, so that each caller sends more than a thousand.
EXAMPLES = 50
LEAST = 1_000


async def prove(stage: Stage) -> list[Finding]:
    """Once as a stranger, once as an admin."""
    return [await _asked(stage, as_admin=as_admin) for as_admin in (False, True)]


async def _asked(stage: Stage, *, as_admin: bool) -> Finding:
    async with stage.fresh(DATABASE) as settings, an_administered_service(settings_for(settings.database)) as service:
        code, said = await schemathesis(
            f"{str(service.door.http.base_url).rstrip('/')}/graphql",
            "--checks=answers_or_refuses",
            "--max-response-time=1",
            f"--max-examples={EXAMPLES}",
            hooks="proofs.schemathesis_checks",
            token=service.as_admin.token if as_admin else None,
        )
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
