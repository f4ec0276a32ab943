"""A hundred people who register one address at the same moment get one account between them."""

from __future__ import annotations

import asyncio
from collections import Counter

from proofs.findings import Finding, all_of
from proofs.outcomes import outcome, told
from proofs.stage import KINDS, Service, Stage, an_administered_service
from tests.door import PASSWORD

ROUNDS = 5
AT_ONCE = 100
FOUND = "query ($email: String!) { users(filter: {email: {eq: $email}}) { totalCount } }"
SPELLINGS = ("Ann{}@Example.com", "ann{}@example.com", " ANN{}@EXAMPLE.COM ", "\uff41nn{}@example.com")


async def prove(stage: Stage) -> list[Finding]:
    """Registers the address in all its spellings."""
    findings: list[Finding] = []
    for kind in KINDS:
        one_each = 0
        answers: Counter[str] = Counter()
        async with stage.fresh(kind) as usual:
            # Claims of what is taken are throttled; here all of them are to be judged.
            settings = usual.model_copy(update={"network_attempts": ROUNDS * AT_ONCE})
            async with an_administered_service(settings) as service:
                for number in range(ROUNDS):
                    answers.update(await _all_at_once(service, number))
                    found = await service.as_admin.ask(FOUND, email=SPELLINGS[0].format(number))
                    one_each += found["users"]["totalCount"] == 1
        taken = answers["EMAIL_TAKEN"]
        findings += [
            all_of(kind, f"rounds of {AT_ONCE} at once that leave one account", one_each, ROUNDS),
            all_of(kind, "all others are told EMAIL_TAKEN", taken, ROUNDS * (AT_ONCE - 1), told(answers)),
        ]
    return findings


async def _all_at_once(service: Service, number: int) -> list[str]:
    spellings = SPELLINGS * (AT_ONCE // len(SPELLINGS))
    inputs = [{"email": spelling.format(number), "password": PASSWORD} for spelling in spellings]
    return await asyncio.gather(*(outcome(service.door, "register", each) for each in inputs))
