"""What becomes of a mutation, in one word: `done`, or the code it was refused with."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.door import Door

DONE = "done"


async def outcome(door: Door, mutation: str, input: dict[str, Any]) -> str:
    """Do the mutation; the code may stand in the payload or at the top."""
    kind = mutation[0].upper() + mutation[1:] + "Input"
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    body = (await door.answer(query, {"input": input})).json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    errors = body["data"][mutation]["errors"]
    return str(errors[0]["code"]) if errors else DONE


def told(outcomes: Counter[str]) -> str:
    """How often each came."""
    return ", ".join(f"{times:,} {word}" for word, times in sorted(outcomes.items()))
