"""Facts about who follows what: every stream and every field of a change, asked for by each of the five callers."""

from __future__ import annotations

from tests.door import Door
from tests.following import a_stream
from tests.permissions.callers import Cast
from tests.permissions.cells import VALUE, Caller, Outcome
from tests.permissions.fields import SUBSCRIPTIONS
from tests.permissions.schema import selection


async def test_every_stream_is_for_whom_its_row_says(door: Door, cast: Cast) -> None:
    subject = await cast.somebody()
    doors = {caller: door.showing(await cast.token(caller, subject)) for caller in Caller}

    wrong = []
    for name, cells in SUBSCRIPTIONS.items():
        asked = f'subscription {{ userChanged(id: "{subject.id}") {{ kind }} }}'
        if name.startswith("UserChange."):
            field = name.partition(".")[2]
            asked = f'subscription {{ userChanged(id: "{subject.id}") {{ {field}{selection(name)} }} }}'
        for caller in Caller:
            came = await outcome(doors[caller], asked, doors[Caller.SELF], subject.id)
            if came != cells.of(caller):
                wrong.append(f"{name} for {caller.name}: {came} instead of {cells.of(caller)}")

    assert wrong == []


async def outcome(asking: Door, query: str, themselves: Door, subject: str) -> Outcome:
    """A value, when a stream begins, and tells of the subject; or else the code of the refusal."""
    headers = {**asking.headers, "Accept": "text/event-stream"}
    async with asking.http.stream("POST", "/graphql", json={"query": query}, headers=headers) as response:
        if response.status_code != 200:
            await response.aread()
            return str(response.json()["errors"][0]["extensions"]["code"])
    if subject not in query:
        return VALUE
    async with a_stream(asking, query) as stream:
        await themselves.done("patchUser", {"id": subject, "name": f"Name {id(stream)}"})
        return VALUE if None not in (await stream.change()).values() else "empty"
