"""An answer to a question or a deed: JSON, in the media type that was agreed on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from gql_users.graphql.requests import EVENT_STREAM, GRAPHQL_RESPONSE, JSON

_CONTENT_TYPES = {
    JSON: (b"content-type", b"application/json; charset=utf-8"),
    GRAPHQL_RESPONSE: (b"content-type", b"application/graphql-response+json; charset=utf-8"),
}
# Nothing has begun: what is told to who wanted a stream is an answer of its own.
_CONTENT_TYPES[EVENT_STREAM] = _CONTENT_TYPES[GRAPHQL_RESPONSE]

_VARY = (b"vary", b"Accept")


@dataclass(slots=True)
class Answer:
    """A body with its media type, status and further headers, as an ASGI application."""

    body: Mapping[str, Any]
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        body = written(self.body)
        headers = [_CONTENT_TYPES[self.media_type], (b"content-length", b"%d" % len(body)), _VARY]
        headers += ((name.lower().encode(), value.encode()) for name, value in self.headers.items())
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def written(body: Mapping[str, Any]) -> bytes:
    """A body as JSON, moments by RFC 3339 in UTC."""
    try:
        return orjson.dumps(body, option=orjson.OPT_UTC_Z)
    except TypeError:
        # What an error says of a document may hold what is no text, which only ASCII can say.
        return json.dumps(body, separators=(",", ":"), default=_moment).encode()


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
