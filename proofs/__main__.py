"""python -m proofs [NAME …]: runs the proofs, prints what they found, and ends with 1 when a bound is missed."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import uvloop

from proofs import (
    canary,
    cold_pools,
    compiled_documents,
    deep_pages,
    document_cache,
    failed_mutations,
    graphql_documents,
    guessing,
    hostile_documents,
    key_rotations,
    live_updates,
    login_timing,
    lookups,
    lost_mail,
    mutual_demotions,
    one_address,
    refresh_races,
    request_timing,
    rest_documents,
    searches,
    token_reuse,
    two_workers,
    walks,
    walks_among_arrivals,
)
from proofs.report import Proven, page, table
from proofs.stage import Stage, running_stage

PAGE = Path(__file__).parent.parent / "docs" / "proofs.md"

PROOFS: Mapping[str, ModuleType] = {
    module.__name__.removeprefix("proofs."): module
    for module in (
        deep_pages,
        lookups,
        searches,
        walks,
        walks_among_arrivals,
        cold_pools,
        failed_mutations,
        one_address,
        mutual_demotions,
        refresh_races,
        token_reuse,
        guessing,
        login_timing,
        key_rotations,
        live_updates,
        lost_mail,
        two_workers,
        request_timing,
        hostile_documents,
        document_cache,
        compiled_documents,
        canary,
        rest_documents,
        graphql_documents,
    )
}


def main(names: Sequence[str]) -> int:
    """Run the named proofs, or all of them, and write what they found into the page."""
    if unknown := set(names) - set(PROOFS):
        print(f"no such proof: {', '.join(sorted(unknown))}; there are {', '.join(PROOFS)}", file=sys.stderr)
        return 2
    # Some proofs break things on purpose, and what the service has to say about it would drown the table.
    logging.getLogger("gql_users").addHandler(logging.NullHandler())
    with running_stage() as stage:
        proven, postgresql = uvloop.run(_prove(stage, names or [*PROOFS]))
    print(table(proven))
    PAGE.write_text(page(proven, postgresql, [*PROOFS], PAGE.read_text()))
    return int(any(found.holds is False for one in proven for found in one.findings))


async def _prove(stage: Stage, names: Sequence[str]) -> tuple[list[Proven], str]:
    proven = []
    for name in names:
        started = time.perf_counter()
        findings = await PROOFS[name].prove(stage)
        seconds = time.perf_counter() - started
        proven.append(Proven(name, (PROOFS[name].__doc__ or "").strip(), findings, seconds))
        missed = sum(found.holds is False for found in findings)
        print(f"{name}: {seconds:.0f} s" + (f", {missed} bounds missed" if missed else ""), file=sys.stderr, flush=True)
    return proven, await stage.postgresql_version()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
