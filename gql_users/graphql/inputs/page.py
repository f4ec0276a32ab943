"""Which part of a list is wanted: the arguments that Relay's connections share."""

from __future__ import annotations

from typing import Annotated

import strawberry

First = Annotated[
    int | None, strawberry.argument(description="How many from the beginning, or after `after`; 0 to 100.")
]
After = Annotated[str | None, strawberry.argument(description="The cursor behind which the page begins.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, or before `before`; 0 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="The cursor before which the page ends.")]
