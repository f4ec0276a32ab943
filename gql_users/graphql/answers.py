"""An answer to a question or a deed: JSON, in the media type that was agreed on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from gql_users.graphql.requests import EVENT_STREAM, GRAPHQL_RESPONSE, JSON
from gql_users.web.whole import Headers, Whole

_VARY = (b"vary", b"Accept")
_HEADERS: dict[str, Headers] = {
    JSON: ((b"content-type", b"application/json; charset=utf-8"), _VARY),
    GRAPHQL_RESPONSE: ((b"content-type", b"application/graphql-response+json; charset=utf-8"), _VARY),
}
# Nothing has begun: what is told to who wanted a stream is an answer of its own.
_HEADERS[EVENT_STREAM] = _HEADERS[GRAPHQL_RESPONSE]

_NO_HEADERS: Mapping[str, str] = {}


def answer(
    body: Mapping[str, Any], media_type: str, status: int = 200, headers: Mapping[str, str] = _NO_HEADERS
) -> Whole:
    """The answer with this body, in this media type, with these further headers."""
    usual = _HEADERS[media_type]
    further = tuple((name.lower().encode(), value.encode()) for name, value in headers.items()) if headers else ()
    return Whole(status, usual + further, written(body))


def written(body: Mapping[str, Any]) -> bytes:
    """A body as JSON, moments by RFC 3339 in UTC."""
    try:
        return orjson.dumps(body, option=orjson.OPT_UTC_Z)
    except TypeError:
        # What an error says of a document may hold what is no text, which only ASCII can say.
        return json.dumps(body, separators=(",", ":"), default=_moment).encode()


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
