"""A service that has just started answers many fields at once, each of which wants the database."""

from __future__ import annotations

from proofs.findings import Finding, all_of
from proofs.stage import ADMIN, KINDS, Stage, a_service, an_administered_service

# How large the pool is, and how often it is tried.
POOLS = {10: 100, 1: 25}
FIELDS = (
    "me { email }",
    f'user(by: {{email: "{ADMIN}"}}) {{ email }}',
    "user(by: {databaseId: 7}) { email }",
    'nodes(ids: ["VXNlcjo3"]) { id }',
    "users(first: 5) { nodes { email } totalCount }",
    "users(last: 5, orderBy: {field: NAME}) { nodes { email } totalCount }",
)
TWELVE = "{ " + " ".join(f"field{number}: {FIELDS[number % len(FIELDS)]}" for number in range(12)) + " }"


async def prove(stage: Stage) -> list[Finding]:
    """Starts the service anew for each question, with a pool of usual size and with a single connection."""
    findings: list[Finding] = []
    for kind in KINDS:
        async with stage.fresh(kind, population=100) as settings:
            async with an_administered_service(settings) as service:
                token = service.as_admin.token
            for size, rounds in POOLS.items():
                answered = 0
                for _ in range(rounds):
                    async with a_service(settings.model_copy(update={"pool_size": size})) as service:
                        body = (await service.door.showing(token).answer(TWELVE)).json()
                        answered += "errors" not in body and None not in body["data"].values()
                what = f"twelve fields that read the database, answered by a cold pool of {size}"
                findings.append(all_of(kind, what, answered, rounds))
    return findings
