"""Schemathesis finds no request that the OpenAPI document allows and the service does not answer as it says."""

from __future__ import annotations

import re
import sys
from typing import Any

from proofs.findings import Finding
from proofs.fuzzing import schemathesis
from proofs.stage import Stage, an_administered_service, settings_for

EXAMPLES = 200
DATABASE = "postgresql"

ALL_BUT_THE_LIST = "^/(api/v1/(users|auth|admin/users/)|health|ready)"
THE_LIST = "^/api/v1/admin/users$"

# Each of the documents, the paths it is asked about, whether by an admin, and the checks that do not apply.
DOCUMENTS: tuple[tuple[dict[str, Any], str, bool, str], ...] = (
    ({"rest_contract": "crud"}, "^/users", False, ""),
    ({"rest_contract": "people"}, "^/users", False, ""),
    # Its documents tell of an address in use with 400, which is the status of what is not valid.
    ({"rest_contract": "accounts"}, "^/users", False, "positive_data_acceptance"),
    ({"rest_contract": "crud", "rest_access": "admin"}, "^/users", True, ""),
    ({"rest_envelope": True}, ALL_BUT_THE_LIST, True, ""),
    ({"rest_envelope": False}, ALL_BUT_THE_LIST, True, ""),
    # Cursors are opaque: no schema tells the good ones from the others, and those are refused.
    ({"rest_envelope": True}, THE_LIST, True, "positive_data_acceptance"),
    ({"rest_envelope": False}, THE_LIST, True, "positive_data_acceptance"),
)


async def prove(stage: Stage) -> list[Finding]:
    """Asks every operation of every document, with all checks."""
    return [await _asked(stage, *document) for document in DOCUMENTS]


async def _asked(stage: Stage, chosen: dict[str, Any], paths: str, as_admin: bool, left_out: str) -> Finding:
    async with (
        stage.fresh(DATABASE) as settings,
        an_administered_service(settings_for(settings.database, **chosen)) as service,
    ):
        code, said = await schemathesis(
            f"{str(service.door.http.base_url).rstrip('/')}/openapi.json",
            "--checks=all",
            f"--max-examples={EXAMPLES}",
            f"--include-path-regex={paths}",
            *([f"--exclude-checks={left_out}"] if left_out else []),
            hooks="proofs.schemathesis_hooks",
            token=service.as_admin.token if as_admin else None,
        )
    cases = re.search(r"([\d,]+) generated", said)
    measured = ", ".join(f"{name}={value}" for name, value in chosen.items()) + f" {paths}".replace("|", "\\|")
    figure = f"{cases[1] if cases else '?'} cases, exit {code}" + (f", without {left_out}" if left_out else "")
    if code:
        print(said, file=sys.stderr)
    return Finding(DATABASE, measured, figure, f"no failure, {EXAMPLES} examples an operation", code == 0)
