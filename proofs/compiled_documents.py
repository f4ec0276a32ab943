"""Ten thousand generated documents are answered by plans as by the interpreter, to the byte of data and errors."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from gql_users.graphql.execution.plans.judge import Judge, run
from gql_users.settings import Settings
from proofs.findings import Finding, all_of
from proofs.stage import KINDS, Stage, a_service
from tests.graphql.comparing import Comparison, compare_odd, compare_real

# Those that turn out not to be valid are not counted.
ODD, REAL = 8_400, 2_100
POPULATION = 60
NUMBERS = range(1, 8)

PACKAGE = "gql_users.graphql.execution.plans"
COMPLETED, RUN, LEFT = (
    "completed by the interpreter",
    "run by the interpreter, with shortcuts",
    "left to the interpreter",
)


async def prove(stage: Stage) -> list[Finding]:
    """Over a schema where everything goes wrong, and over ours on both databases."""
    odd = Comparison()
    with _counted(odd) as ways:
        await compare_odd(odd, range(ODD))
    findings = [_agreed("an odd schema", "–", odd), *_ways(ways, odd, "–")]
    for kind in KINDS:
        async with stage.fresh(kind, POPULATION) as settings:
            findings += await _real(kind, settings)
    return findings


async def _real(kind: str, settings: Settings) -> list[Finding]:
    real = Comparison()
    async with a_service(settings) as service:
        with _counted(real) as ways:
            await compare_real(real, range(REAL), service.services, settings, NUMBERS)
    return [_agreed("our schema", kind, real), *_ways(ways, real, kind)]


def _agreed(schema: str, database: str, comparison: Comparison) -> Finding:
    for text in comparison.different[:5]:
        print(text, file=sys.stderr)
    alike = comparison.compared - len(comparison.different)
    remark = f"{comparison.with_errors:,} with errors"
    return all_of(database, f"documents over {schema}, answered alike", alike, comparison.compared, remark)


def _ways(ways: Counter[str], comparison: Comparison, database: str) -> list[Finding]:
    counts = {"answered by the plan alone": comparison.compared - ways.total()}
    counts |= {way: ways[way] for way in (COMPLETED, RUN, LEFT)}
    return [Finding(database, f"of those, {way}", f"{number:,}") for way, number in counts.items()]


@contextmanager
def _counted(comparison: Comparison) -> Iterator[Counter[str]]:
    """How plans go about it."""
    ways: Counter[str] = Counter()

    def counting(way: str, function: Any) -> Any:
        def counted(*arguments: Any) -> Any:
            ways[way] += comparison.is_compiled
            return function(*arguments)

        return counted

    with (
        mock.patch.object(Judge, "complete", counting(COMPLETED, Judge.complete)),
        mock.patch(f"{PACKAGE}.program.run", counting(RUN, run)),
        mock.patch(f"{PACKAGE}.root.run", counting(RUN, run)),
        mock.patch(f"{PACKAGE}.plan.run", counting(LEFT, run)),
    ):
        yield ways
