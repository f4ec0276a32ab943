"""The headers of a request, read once: what ASGI has as a list, by name."""

from __future__ import annotations

from starlette.types import Scope


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by their lower-case names, the first of each; made once for a request."""
    found: dict[bytes, bytes] | None = scope.get("gql_users.headers")
    if found is None:
        found = scope["gql_users.headers"] = dict(scope["headers"][::-1])
    return found


def header(scope: Scope, name: bytes) -> str | None:
    """What a header says. The first one, should there be several."""
    value = headers_of(scope).get(name)
    return value.decode("latin-1") if value is not None else None


def header_lines(scope: Scope, name: bytes) -> list[str]:
    """What all headers of this name say."""
    return [value.decode("latin-1") for found, value in scope["headers"] if found == name]
