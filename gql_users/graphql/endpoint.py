"""GET and POST /graphql (GraphQL over HTTP), and the streams of subscriptions: raw ASGI, strict about what comes in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from graphql import OperationType
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql_users.errors import TookTooLong, Unavailable
from gql_users.graphql import event_stream, explorer
from gql_users.graphql.context import Context
from gql_users.graphql.errors import formatted, refused, request_errors
from gql_users.graphql.execution.engine import Engine, Operation, RequestRefused
from gql_users.graphql.limits import Limits
from gql_users.graphql.requests import (
    EVENT_STREAM,
    GRAPHQL_RESPONSE,
    JSON,
    PARAMETERS,
    Asked,
    BadRequest,
    answer_type,
    read,
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
from gql_users.web.requests import actor_of, request_id_of


class GraphQLEndpoint:
    """The endpoint of one installation. Raises ValueError for a manifest of documents that cannot be used."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
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
            return
        request = Request(scope, receive)
        response = (
            explorer.page(scope.get("root_path", "")) if self._is_for_people(request) else await self._answer(request)
        )
        response.headers.add_vary_header("Accept")
        await response(scope, receive, send)

    async def stream(self, asked: Asked, context: Context) -> Answers:
        """The answers to a subscription, for who is connected already. Raises as `opened`, and BadRequest."""
        return await opened(self.engine, self._operation(asked), asked.variables, context)

    async def context(self, connection: HTTPConnection) -> Context:
        """What resolvers can reach during this request. Raises Unavailable."""
        recognise = partial(actor_of, connection, self.services)
        return Context(
            actor=await recognise(),
            recognise=recognise,
            request_id=request_id_of(connection),
            services=self.services,
            settings=self.settings,
            ends_at=asyncio.get_running_loop().time() + self.settings.operation_timeout.total_seconds(),
        )

    def _require_good(self, manifest: Mapping[str, str]) -> None:
        """A document that this schema does not know shall be found before its clients find it."""
        for name, text in manifest.items():
            try:
                self.engine.prepared(text)
            except RequestRefused as refusal:
                told = refusal.errors[0].message
                raise ValueError(f"GQL_USERS_TRUSTED_DOCUMENTS: {name} cannot be executed: {told}") from refusal

    def _is_for_people(self, request: Request) -> bool:
        """Does a browser ask for a page? Command-line clients send `*/*`, and want an answer they can read."""
        wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        return self.settings.shows_explorer and wants_page and not set(PARAMETERS) & request.query_params.keys()

    async def _answer(self, request: Request) -> Response:
        media_type = JSON
        try:
            media_type = answer_type(request.headers.getlist("accept"))
            asked = await read(request)
            return await self._executed(request, asked, media_type)
        except BadRequest as error:
            told = {"message": error.message, "extensions": {"code": code_of(error.status)}}
            return _response({"errors": [told]}, media_type, error.status, error.headers)
        except RequestRefused as error:
            errors = request_errors(error, request_id_of(request))
            if any("requestId" in each["extensions"] for each in errors):  # a stream that broke before it began
                return _response({"errors": errors}, media_type, 500)
            # What is not executed is an answer too, to who knows no other type (section 6.4.1).
            return _response({"errors": errors}, media_type, 200 if media_type == JSON else 400)
        except Unavailable as error:
            retry = {"Retry-After": str(error.retry_after_seconds)}
            return _response({"errors": [refused(error)]}, media_type, 503, retry)

    async def _executed(self, request: Request, asked: Asked, media_type: str) -> Response:
        operation = self._operation(asked)
        if request.method == "GET" and operation.kind is OperationType.MUTATION:
            raise BadRequest(405, "Deeds come by POST.", Allow="POST")
        context = await self.context(request)
        if operation.kind is OperationType.SUBSCRIPTION:
            if not takes_event_stream(request.headers.getlist("accept")):
                raise BadRequest(406, f"A subscription is answered as {EVENT_STREAM}, or by WebSocket.")
            return await event_stream.answer(opened(self.engine, operation, asked.variables, context))
        result = await self._in_time(operation, asked.variables, context)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = formatted(result.errors, context.request_id)
        if asked.extensions.get("cost") is True:
            body["extensions"] = {"cost": {"requested": operation.cost, "limit": self.settings.max_cost}}
        return event_stream.only(body) if media_type == EVENT_STREAM else _response(body, media_type)

    def _operation(self, asked: Asked) -> Operation:
        text = self.documents.text(asked)
        operation = self.engine.operation(text, asked.operation_name)
        self.documents.found_good(asked, text)
        return operation

    async def _in_time(self, operation: Operation, variables: dict[str, Any] | None, context: Context) -> Any:
        """The result. Raises TookTooLong for a query; in a mutation, the deeds not begun in time do (see Context)."""
        if operation.kind is not OperationType.QUERY:
            return await self.engine.execute(operation, variables, context)
        try:
            async with asyncio.timeout_at(context.ends_at):
                return await self.engine.execute(operation, variables, context)
        except TimeoutError as error:
            raise TookTooLong from error


def _response(body: Any, media_type: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    if media_type == EVENT_STREAM:  # nothing has begun: this is an answer of its own
        media_type = GRAPHQL_RESPONSE
    # In ASCII: what an error says of a document may hold what is no text.
    return Response(json.dumps(body, separators=(",", ":")), status, headers, media_type=f"{media_type}; charset=utf-8")
