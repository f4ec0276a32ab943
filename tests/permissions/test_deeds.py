"""Facts about who does what: every mutation, done by each of the five callers to somebody new."""

from __future__ import annotations

from typing import Any

import pytest

from tests.door import Door
from tests.permissions.callers import Cast
from tests.permissions.cells import DONE, NULL, VALUE, Caller, Outcome
from tests.permissions.deeds import DEEDS, MUTATIONS, WITH_PASSWORD, Deed, Subject
from tests.permissions.schema import selection

STATE = """query ($id: ID!) {
  users { totalCount }
  user(by: {id: $id}) {
    version name age isActive isAdmin lastLoginAt updatedAt sessions { totalCount } events { totalCount }
  }
}"""


@pytest.fixture
async def as_ada(door: Door, cast: Cast) -> Door:
    """An admin who looks on, and without whom some deeds would leave none."""
    return door.showing(await cast.new_token(Caller.ADMIN))


async def test_every_mutation_is_done_by_whom_its_row_says_and_changes_nothing_for_others(
    door: Door, as_ada: Door, cast: Cast
) -> None:
    wrong = []
    for mutation, deed in DEEDS.items():
        for caller in Caller:
            has_password = mutation in WITH_PASSWORD
            subject = await a_subject(door, cast, has_password=has_password)
            token = await cast.token(caller, subject.person)
            if has_password and caller not in {Caller.ANONYMOUS, Caller.SELF}:
                token = await cast.new_token(caller, has_password=True)
            before = await as_ada.ask(STATE, id=subject.person.id)
            came = await outcomes(door.showing(token), mutation, deed, subject)
            if came[f"Mutation.{mutation}"] != DONE and await as_ada.ask(STATE, id=subject.person.id) != before:
                wrong.append(f"{mutation} by {caller.name} was refused and changed something")
            due = {name: MUTATIONS[name].of(caller) for name in came}
            wrong += [
                f"{name} by {caller.name}: {came[name]}, not {due[name]}" for name in due if came[name] != due[name]
            ]

    assert wrong == []


async def a_subject(door: Door, cast: Cast, *, has_password: bool) -> Subject:
    """Somebody new, for a deed to be about."""
    person = await cast.somebody(has_password=has_password)
    sessions = (await door.as_(person).ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"]
    return Subject(person, sessions[0]["id"], cast.new_email())


async def outcomes(door: Door, mutation: str, deed: Deed, subject: Subject) -> dict[str, Outcome]:
    """What came of a deed, and of each field of its payload."""
    kind = mutation[0].upper() + mutation[1:]
    names = {field: f"{kind}Payload.{field}" for field in deed.fields.split()}
    select = " ".join(field + selection(name) for field, name in names.items())
    query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {select} errors {{ code }} }} }}"
    body: dict[str, Any] = (await door.answer(query, {"input": deed.input(subject)})).json()
    if "errors" in body:
        code = str(body["errors"][0]["extensions"]["code"])
        return dict.fromkeys([f"Mutation.{mutation}", f"{kind}Payload.errors", *names.values()], code)
    payload = body["data"][mutation]
    codes = [str(error["code"]) for error in payload["errors"]]
    return {
        f"Mutation.{mutation}": codes[0] if codes else DONE,
        f"{kind}Payload.errors": VALUE,
        **{name: NULL if payload[field] is None else VALUE for field, name in names.items()},
    }
