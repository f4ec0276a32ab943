"""GET and POST /graphql over HTTP: Strawberry's ASGI view, strict about what comes in and silent about what breaks."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionResult

from gql_users.errors import Unavailable
from gql_users.graphql import event_stream, explorer
from gql_users.graphql.context import Context
from gql_users.graphql.errors import formatted, refused, request_failed
from gql_users.graphql.execution.documents import Documents
from gql_users.graphql.schema import build
from gql_users.graphql.streams import Asked
from gql_users.graphql.websocket import WebSockets
from gql_users.services import Services
from gql_users.settings import Settings
from gql_users.web.failures import of_http
from gql_users.web.requests import actor_of, request_id_of


class GraphQLEndpoint(GraphQL[Context, None]):
    """The endpoint of one installation. Raw ASGI, without the framework's routing in between."""

    def __init__(self, services: Services, settings: Settings) -> None:
        schema = build(Documents())
        super().__init__(schema, graphql_ide="graphiql" if settings.shows_explorer else None)
        self.services = services
        self.settings = settings
        self.websockets = WebSockets(schema._schema, services, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "websocket":
            await self.websockets(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            wants_stream = event_stream.is_wanted(request.headers)
            response = await (self.stream(request) if wants_stream else self.run(request))
        except HTTPException as error:
            # The library repeats the name it looked for, and a name can be anything.
            nameless = isinstance(error.__cause__, CannotGetOperationTypeError)
            message = "There is no operation of this name." if nameless else error.reason
            allowed = {"Allow": "GET, POST"} if error.status_code == 405 else {}
            response = request_failed(of_http(error.status_code, message, headers=allowed))
        except Unavailable as refusal:
            retry = {"Retry-After": str(refusal.retry_after_seconds)}
            response = JSONResponse({"errors": [refused(refusal)]}, 503, retry)
        await response(scope, receive, send)

    async def stream(self, request: Request) -> Response:
        """The answer to a request for server-sent events."""
        if request.method not in {"GET", "POST"}:
            raise HTTPException(405, "GraphQL is asked by GET or POST.")
        asked = await self.parse_http_body(StarletteRequestAdapter(request))
        if not asked.query:
            raise HTTPException(400, "The request has no query.")
        context = await self.get_context(request, Response())
        wanted = Asked(asked.query, asked.operation_name, asked.variables)
        return await event_stream.answer(self.websockets.schema, wanted, context)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """What resolvers can reach during this request."""
        recognise = partial(actor_of, request, self.services)
        return Context(
            actor=await recognise(),
            recognise=recognise,
            request_id=request_id_of(request),
            services=self.services,
            settings=self.settings,
        )

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL, for browsers."""
        return explorer.page(request.scope.get("root_path", ""))

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Does a browser ask for a page? Command-line clients send `*/*`, and want an answer they can read."""
        asks = request.method == "GET" and request.query_params.get("query") is None
        return asks and "text/html" in request.headers.get("accept", "")

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """What is asked: a JSON object, or in a GET the same as parts of the query string."""
        if request.method == "GET":
            asked = self.parse_query_params(request.query_params)
        elif (request.content_type or "").partition(";")[0].strip().lower() == "application/json":
            asked = self.parse_json(await request.get_body())
        else:
            raise HTTPException(415, "A request is sent as application/json.")
        for part, kind in (("query", str), ("operationName", str), ("variables", dict), ("extensions", dict)):
            if not isinstance(asked.get(part), kind | None):
                raise HTTPException(400, f"{part} is of the wrong type.")
        return GraphQLRequestData(
            query=asked.get("query"),
            variables=asked.get("variables"),
            operation_name=asked.get("operationName"),
            extensions=asked.get("extensions"),
        )

    def parse_json(self, data: str | bytes) -> Any:
        """A JSON object."""
        try:
            parsed = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "The request is not readable as JSON.") from error
        if not isinstance(parsed, dict):
            raise HTTPException(400, "The request must be a JSON object.")
        return parsed

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The answer's body."""
        answer: GraphQLHTTPResponse = {"data": result.data}
        if result.errors:
            answer["errors"] = list(formatted(result, request_id_of(request)))
        if result.extensions:
            answer["extensions"] = result.extensions
        return answer
