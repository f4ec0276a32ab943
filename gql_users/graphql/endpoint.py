"""GET and POST /graphql (GraphQL over HTTP), and the streams of subscriptions: raw ASGI, strict about what comes in."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from graphql import OperationType
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql_users.errors import Unavailable
from gql_users.graphql import event_stream, explorer
from gql_users.graphql.answers import answer
from gql_users.graphql.context import Context
from gql_users.graphql.deadlines import Deadlines
from gql_users.graphql.errors import formatted, refused, request_errors
from gql_users.graphql.execution.engine import Engine, Operation, RequestRefused
from gql_users.graphql.limits import Limits
from gql_users.graphql.requests import (
    EVENT_STREAM,
    JSON,
    PARAMETERS,
    Asked,
    BadRequest,
    answer_type,
    read,
    read_at_once,
    takes_event_stream,
)
from gql_users.graphql.scales import weigh
from gql_users.graphql.schema import build
from gql_users.graphql.streams import Answers, opened
from gql_users.graphql.trusted_documents import TrustedDocuments, read_manifest
from gql_users.graphql.websocket import WebSockets
from gql_users.services import Services
from gql_users.settings import Settings
from gql_users.web.failures import code_of
from gql_users.web.headers import header, listed
from gql_users.web.requests import actor_lately_showing, actor_showing, client_of, request_id_of
from gql_users.web.whole import Whole

_NO_HEADERS: Mapping[str, str] = {}


class GraphQLEndpoint:
    """The endpoint of one installation. Raises ValueError for a manifest of documents that cannot be used."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
        self._deadlines = Deadlines(settings.operation_timeout.total_seconds())
        schema, limits = build()._schema, Limits.of(settings)
        self.engine = Engine(schema, partial(weigh, schema, limits), limits.parsed)
        manifest = read_manifest(settings.trusted_documents) if settings.trusted_documents else {}
        self._require_good(manifest)
        self.documents = TrustedDocuments(manifest, only=settings.documents == "trusted-only")
        self.websockets = WebSockets(self.stream, services, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "websocket":
            await self.websockets(scope, receive, send)
        elif scope["method"] == "GET" and self._is_for_people(scope):
            await _varying(explorer.page(scope.get("root_path", "")))(scope, receive, send)
        else:
            told = await self.answer(scope, receive)
            await told(scope, receive, send)

    async def stream(self, asked: Asked, context: Context) -> Answers:
        """The answers to a subscription, for who is connected already. Raises as `opened`, and BadRequest."""
        return await opened(self.engine, self._operation(asked), asked.variables, context)

    async def context(self, scope: Scope, operation: Operation) -> Context:
        """What resolvers can reach during this request. Raises Unavailable."""
        shown, client, services = header(scope, b"authorization"), client_of(scope), self.services
        is_query = operation.kind is OperationType.QUERY
        # A deed is judged by the rights of this moment.
        actor = actor_lately_showing(shown, client, services) if is_query else None
        return Context(
            actor=actor or await actor_showing(shown, client, services),
            recognise=partial(actor_showing, shown, client, services),
            request_id=request_id_of(scope),
            services=services,
            settings=self.settings,
            # A query is ended as a whole.
            ends_at=math.inf if is_query else asyncio.get_running_loop().time() + self._deadlines.seconds,
        )

    def _require_good(self, manifest: Mapping[str, str]) -> None:
        """A document that this schema does not know shall be found before its clients find it."""
        for name, text in manifest.items():
            try:
                self.engine.prepared(text)
            except RequestRefused as refusal:
                told = refusal.errors[0].message
                raise ValueError(f"GQL_USERS_TRUSTED_DOCUMENTS: {name} cannot be executed: {told}") from refusal

    def _is_for_people(self, scope: Scope) -> bool:
        """Does a browser ask for a page? Command-line clients send `*/*`, and want an answer they can read."""
        if not self.settings.shows_explorer or "text/html" not in (header(scope, b"accept") or ""):
            return False
        return not set(PARAMETERS) & QueryParams(scope["query_string"]).keys()

    async def answer(self, scope: Scope, body: bytes | Receive) -> Whole | Response:
        """The answer to a request, whose body is here or is to be received: a whole one, but for who takes streams."""
        media_type = JSON
        try:
            media_type = answer_type(listed(scope, b"accept"))
            asked = read_at_once(scope, body) if isinstance(body, bytes) else await read(scope, body)
            return await self._executed(scope, asked, media_type)
        except BadRequest as error:
            return _bad_request(error.status, error.message, media_type, error.headers)
        except HTTPException as error:  # the body was too large
            return _bad_request(error.status_code, error.detail, media_type)
        except RequestRefused as error:
            errors = request_errors(error, request_id_of(scope))
            if any("requestId" in each["extensions"] for each in errors):  # a stream that broke before it began
                return answer({"errors": errors}, media_type, 500)
            # What is not executed is an answer too, to who knows no other type (section 6.4.1).
            return answer({"errors": errors}, media_type, 200 if media_type == JSON else 400)
        except Unavailable as error:
            retry = {"Retry-After": str(error.retry_after_seconds)}
            return answer({"errors": [refused(error)]}, media_type, 503, retry)

    async def _executed(self, scope: Scope, asked: Asked, media_type: str) -> Whole | Response:
        operation = self._operation(asked)
        if scope["method"] == "GET" and operation.kind is OperationType.MUTATION:
            raise BadRequest(405, "Deeds come by POST.", Allow="POST")
        context = await self.context(scope, operation)
        if operation.kind is OperationType.SUBSCRIPTION:
            if not takes_event_stream(listed(scope, b"accept")):
                raise BadRequest(406, f"A subscription is answered as {EVENT_STREAM}, or by WebSocket.")
            return _varying(await event_stream.answer(opened(self.engine, operation, asked.variables, context)))
        answering = self.engine.execute(operation, asked.variables, context)
        # A deed that has begun is done; those that have not begun in time are not begun (see Context).
        result = await (self._deadlines.keep(answering) if operation.kind is OperationType.QUERY else answering)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = formatted(result.errors, context.request_id)
        if asked.extensions and asked.extensions.get("cost") is True:
            body["extensions"] = {"cost": {"requested": operation.cost, "limit": self.settings.max_cost}}
        return _varying(event_stream.only(body)) if media_type == EVENT_STREAM else answer(body, media_type)

    def _operation(self, asked: Asked) -> Operation:
        text = self.documents.text(asked)
        operation = self.engine.operation(text, asked.operation_name)
        self.documents.found_good(asked, text)
        return operation


def _bad_request(status: int, message: str, media_type: str, headers: Mapping[str, str] = _NO_HEADERS) -> Whole:
    told = {"message": message, "extensions": {"code": code_of(status)}}
    return answer({"errors": [told]}, media_type, status, headers)


def _varying(response: Response) -> Response:
    """The response, which would have been another one to who accepts something else."""
    response.headers.add_vary_header("Accept")
    return response
