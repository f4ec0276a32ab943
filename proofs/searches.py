"""What looking for text anywhere inside costs among a million users; by index only where PostgreSQL has pg_trgm."""

from __future__ import annotations

import statistics
import time
from typing import Any

from proofs.explaining import an_explainer
from proofs.findings import Finding
from proofs.plans import Explainer, ways
from proofs.stage import KINDS, Service, Stage, an_administered_service
from proofs.statements import overheard

RUNS = 5
PAGE = """
query ($filter: UserFilter, $search: String) {
  users(first: 50, filter: $filter, search: $search) { nodes { id } }
}
"""
QUESTIONS: dict[str, dict[str, Any]] = {
    "users(filter: {name: {contains}}), found": {"filter": {"name": {"contains": "gohajo"}}},
    "users(filter: {name: {contains}}), nobody": {"filter": {"name": {"contains": "nobody"}}},
    "users(search), found": {"search": "gohajo"},
    "users(search), nobody": {"search": "nobody at all"},
}


async def prove(stage: Stage) -> list[Finding]:
    """Times four questions, for information."""
    findings: list[Finding] = []
    for kind in KINDS:
        settings = await stage.with_a_million(kind)
        async with an_administered_service(settings) as service, an_explainer(settings) as explainer:
            for name, values in QUESTIONS.items():
                findings.append(await _timed(kind, service, explainer, name, values))
    return findings


async def _timed(kind: str, service: Service, explainer: Explainer, name: str, values: dict[str, Any]) -> Finding:
    taken = []
    with overheard() as heard:
        for _ in range(RUNS):
            started = time.perf_counter()
            answer = await service.as_admin.ask(PAGE, **values)
            taken.append((time.perf_counter() - started) * 1000)
    plans = await explainer.plans(heard[-1])
    return Finding(
        kind, name, f"{statistics.median(taken):.0f} ms for {len(answer['users']['nodes'])} users, by {ways(plans)}"
    )
