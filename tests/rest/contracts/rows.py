"""How a promise is written down: which contract, which line of it, and the requests that show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

Show = Callable[[httpx.AsyncClient], Awaitable[None]]


@dataclass(frozen=True)
class Row:
    """A line of a contract, and what shows that it holds."""

    contract: str
    request: str
    promise: str
    show: Show

    @property
    def settings(self) -> dict[str, Any]:
        """How the service is set up to speak this contract."""
        if self.contract in {"enveloped", "bare"}:
            return {"rest_envelope": self.contract == "enveloped"}
        return {"rest_contract": self.contract}

    def __str__(self) -> str:
        """The row's name."""
        return f"{self.contract}: {self.request} - {self.promise}"


ROWS: list[Row] = []


def row(contract: str, request: str, promise: str) -> Callable[[Show], Show]:
    """Write a promise down."""

    def written(show: Show) -> Show:
        ROWS.append(Row(contract, request, promise, show))
        return show

    return written


async def made(http: httpx.AsyncClient, body: dict[str, Any]) -> Any:
    """A user who was just made."""
    answer = await http.post("/users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()
