"""Scalars: moments as RFC 3339, numbers wider than GraphQL's Int."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from gql_users.graphql.execution.plans.leaves import keeps

BigInt = NewType("BigInt", int)

_LIMIT = 2**63


def _moment_out(value: datetime) -> datetime:
    # It stays a moment until the answer is written, which is where RFC 3339 is written fastest.
    return value if value.tzinfo is UTC else value.astimezone(UTC)


keeps(_moment_out, unless="type({v}) is not datetime or {v}.tzinfo is not UTC", datetime=datetime, UTC=UTC)


def _moment_in(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value.upper() else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("A DateTime is written like 2026-01-31T12:00:00Z, with its time zone.")


def _big_int_in(value: object) -> int:
    if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.removeprefix("-").isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not -_LIMIT <= value < _LIMIT:
        raise ValueError("A BigInt is a whole number of at most 64 bits.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment by RFC 3339, with its time zone, such as `2026-01-31T12:00:00Z`; answers are in UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_moment_out,
        parse_value=_moment_in,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of up to 64 bits. Accepted as a number, or as text where numbers are not exact.",
        serialize=int,
        parse_value=_big_int_in,
    ),
}
