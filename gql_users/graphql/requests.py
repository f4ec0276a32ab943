"""What a GraphQL request asks, and how its sender wants to be answered (GraphQL over HTTP)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from gql_users.web.headers import headers_of, remembered

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"

# The order in which they are offered to who accepts them alike.
_OFFERED = (GRAPHQL_RESPONSE, JSON, EVENT_STREAM)

PARAMETERS: Mapping[str, type] = {
    "query": str,
    "documentId": str,
    "operationName": str,
    "variables": dict,
    "extensions": dict,
}


class BadRequest(Exception):  # noqa: N818 - as in gql_users.errors
    """A request that is no GraphQL request, in the words of HTTP."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


@dataclass(slots=True)
class Asked:
    """The parameters of a request. `document_id` names a trusted document instead of writing it."""

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: Mapping[str, Any]


async def read(scope: Scope, receive: Receive) -> Asked:
    """What is asked, by GET or POST. Raises BadRequest, and ClientDisconnect."""
    if scope["method"] == "POST":
        _require_json(headers_of(scope).get(b"content-type", b""))
        return asked_by(_object(await _body(receive)))
    if scope["method"] == "GET":
        return asked_by(_from_address(QueryParams(scope["query_string"])))
    raise BadRequest(405, "Questions come by GET or POST.", Allow="GET, POST")


def read_at_once(scope: Scope, body: bytes) -> Asked:
    """What is asked by POST, with this body. Raises BadRequest."""
    _require_json(headers_of(scope).get(b"content-type", b""))
    return asked_by(_object(body))


def asked_by(parameters: Mapping[str, Any]) -> Asked:
    """What these parameters ask, as JSON has them. Raises BadRequest for one of the wrong type."""
    query, document_id, operation_name, variables, extensions = values = [*map(parameters.get, PARAMETERS)]
    if (*map(type, values),) not in _RIGHT_TYPES:
        wrong = next(name for name, each in zip(PARAMETERS, values, strict=True) if type(each) not in _types_of(name))
        raise BadRequest(400, f"{wrong} is of the wrong type.")
    return Asked(query or None, document_id or None, operation_name or None, variables, extensions or {})


def _types_of(name: str) -> tuple[type, type]:
    return PARAMETERS[name], type(None)


# All that the types of the parameters can be, each sent or not.
_RIGHT_TYPES = frozenset(product(*map(_types_of, PARAMETERS)))


@remembered(64)
def answer_type(accept: bytes) -> str:
    """The media type to answer with (RFC 9110, section 12.5.1). Raises BadRequest when none is accepted.

    Who says nothing, or that anything will do, is not known to understand the newer type, and gets JSON.
    """
    ranges = _media_ranges(accept) or [("*/*", 1.0)]
    best, chosen = 0.0, None
    for offered in _OFFERED:
        quality, is_named = _quality(offered, ranges)
        if quality > best and (is_named or offered == JSON):
            best, chosen = quality, offered
    if chosen is None:
        raise BadRequest(406, f"Answers come as {GRAPHQL_RESPONSE} or {JSON}, streams as {EVENT_STREAM}.")
    return chosen


def takes_event_stream(accept: bytes) -> bool:
    """Does this `Accept` name server-sent events?"""
    return any(kind == EVENT_STREAM and quality > 0 for kind, quality in _media_ranges(accept))


def _media_ranges(accept: bytes) -> list[tuple[str, float]]:
    return [_media_range(each) for each in accept.decode("latin-1").split(",") if each.strip()]


def _media_range(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return kind, 0.0


def _quality(offered: str, ranges: list[tuple[str, float]]) -> tuple[float, bool]:
    """How welcome a media type is, by the most specific range that has it; and whether that names it."""
    group = offered.partition("/")[0]
    for wanted in (offered, f"{group}/*", "*/*"):
        found = [quality for kind, quality in ranges if kind == wanted]
        if found:
            return max(found), wanted == offered
    return 0.0, False


@remembered(64)
def _require_json(content_type: bytes) -> None:
    kind, *parameters = (each.strip().lower() for each in content_type.decode("latin-1").split(";"))
    charset = next((each[8:].strip('"') for each in parameters if each.startswith("charset=")), "utf-8")
    if kind != JSON or charset not in {"utf-8", "utf8"}:
        raise BadRequest(415, f"A request is sent as {JSON}, in UTF-8.")


def _from_address(parameters: Mapping[str, str]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: parameters[name] for name in PARAMETERS if name in parameters}
    return texts | {
        name: parsed_json(texts[name]) for name, kind in PARAMETERS.items() if kind is dict and name in texts
    }


async def _body(receive: Receive) -> bytes:
    """The whole body. It is bounded before it comes here. Raises ClientDisconnect."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return bytes(message.get("body", b""))
    pieces = []
    while message["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
        message = await receive()
    raise ClientDisconnect


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        # It is stricter than JSON: half of a surrogate pair is text there, for validation to refuse in its place.
        parsed = parsed_json(_decoded(body))
    if not isinstance(parsed, dict):
        raise BadRequest(400, "The request must be a JSON object.")
    return parsed


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(400, "The request is not UTF-8.") from error


def parsed_json(text: str) -> Any:
    """What a text says in JSON. Raises BadRequest."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "The request is not readable as JSON.") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
