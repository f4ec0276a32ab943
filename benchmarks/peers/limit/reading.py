"""What is read: by number, alone or with others who ask at the same time, and page by page."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any

from benchmarks.peers.limit.statements import database

Variables = Mapping[str, Any]


async def service_info(_variables: Variables, _bearer: str | None) -> Any:
    """What needs no database."""
    return {"serviceInfo": {"version": "0.1.0", "registration": "OPEN", "accessTokenLifetimeSeconds": 900}}


async def find_users(variables: Variables, _bearer: str | None) -> Any:
    """A page of everybody, the newest first."""
    first = variables["first"]
    rows = await database.rows("users", first + 1)
    last = rows[:first][-1]
    end_cursor = opaque(f"{last['created_at'].isoformat()} {last['id']}")
    page_info = {"hasNextPage": len(rows) > first, "endCursor": end_cursor}
    return {"users": {"edges": [{"node": person(row)} for row in rows[:first]], "pageInfo": page_info}}


class Lookups:
    """Users by number, a statement for each."""

    async def find_user(self, variables: Variables, _bearer: str | None) -> Any:
        """One user."""
        row = await self._find(number(variables["id"]))
        return {"user": person(row) if row is not None else None}

    async def _find(self, user_id: int) -> Any:
        return await database.row("user", user_id)


class SharedLookups(Lookups):
    """Users by number, a statement for all that are asked for in one turn of the event loop."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def _find(self, user_id: int) -> Any:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._begin)
        if user_id not in self._waiting:
            self._waiting[user_id] = asyncio.get_running_loop().create_future()
        return await self._waiting[user_id]

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, {}
        task = asyncio.create_task(self._read(waiting))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, waiting: dict[int, asyncio.Future[Any]]) -> None:
        found = {row["id"]: row for row in await database.rows("users_by_id", [*waiting])}
        for user_id, future in waiting.items():
            future.set_result(found.get(user_id))


def person(row: Any) -> dict[str, Any]:
    """A user, as clients see one."""
    return {
        "id": opaque(f"User:{row['id']}"),
        "databaseId": row["id"],
        "email": row["email"],
        "username": row["username"],
        "name": row["name"],
        "isActive": row["deactivated_at"] is None,
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def opaque(text: str) -> str:
    """The text as an id or a cursor."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def number(user_id: str) -> int:
    """The number of the user with this id."""
    return int(base64.urlsafe_b64decode(user_id + "=" * (-len(user_id) % 4))[len("User:") :])
