"""The front door: settings in, ASGI application out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route

from gql_users import clock as clocks
from gql_users.graphql import explorer
from gql_users.graphql.endpoint import GraphQLEndpoint
from gql_users.graphql.errors import request_failed
from gql_users.graphql.metrics import Metrics
from gql_users.graphql.requests import EVENT_STREAM
from gql_users.mail.senders import Sender
from gql_users.pages import pages, told
from gql_users.rest import docs, errors, health, users, v1, well_known
from gql_users.rest.access import once_each
from gql_users.rest.contracts import CONTRACTS
from gql_users.rest.v1.envelope import Wrapping
from gql_users.services import wire
from gql_users.settings import Settings, misconfigured
from gql_users.version import __version__
from gql_users.web.failures import Shapes
from gql_users.web.frame import Frame, Framing
from gql_users.web.lane import Lane
from gql_users.web.middleware import BodyRules, Mask, Shortcut
from gql_users.worker import work


def create_app(
    settings: Settings | None = None, *, clock: clocks.Clock | None = None, sender: Sender | None = None
) -> FastAPI:
    """The service as an ASGI application, to be served or mounted in another one.

    Without settings they are read from the environment. Nothing connects before the first request. A mounted
    application is not told when its host starts and stops, so the host enters `app.router.lifespan_context(app)` in its
    own lifespan: it delivers letters meanwhile, and lets the connections go in the end. Raises pydantic.ValidationError
    for settings that make no sense, and MisconfiguredError for files and addresses in them that cannot be used.
    """
    settings = settings or Settings()
    services = wire(settings, clock or clocks.SystemClock(), sender)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        ended = asyncio.Event()
        working = asyncio.create_task(work(services, ended)) if settings.worker else None
        try:
            yield
        finally:
            ended.set()
            if working is not None:
                await working
            await services.operation.close()

    app = FastAPI(
        title="gql_users",
        version=__version__,
        summary="Users over REST, for clients of older services. New clients speak GraphQL at /graphql.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # It would tell collectors of exceptions with their messages, and those may hold passwords.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=lifespan,
    )
    app.state.services = services
    app.state.settings = settings
    contract, wrapping = CONTRACTS[settings.rest_contract], Wrapping(settings.rest_envelope)
    for router in (
        health.router,
        well_known.router,
        users.router(contract, is_open=settings.rest_is_for == "open"),
        v1.router(wrapping),
        docs.router,
    ):
        app.include_router(router, dependencies=[Depends(once_each)])
    shapes = Shapes(
        {
            "/users": contract.shape,
            "/api/v1": wrapping.shape,
            "/graphql": request_failed,
            "/account": told(settings),
        }
    )
    errors.install(app, shapes)
    docs.describe(app, contract)
    with misconfigured():
        app.router.routes.append(Mount("/account", pages(services, settings)))
    with misconfigured():
        graphql = GraphQLEndpoint(services, settings)
    if settings.metrics:
        app.router.routes.append(Route("/metrics", Metrics(graphql.engine), methods=["GET"], include_in_schema=False))
    if settings.shows_explorer:
        app.mount("/graphql/assets", explorer.assets())
    # The last one added is the first one a request meets.
    app.add_middleware(Shortcut, path="/graphql", door=graphql)
    app.add_middleware(Mask, refuse=shapes.refuse)
    app.add_middleware(BodyRules, refuse=shapes.refuse, most_bytes=settings.max_body_bytes)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
            max_age=600,
        )
    if "*" not in settings.trusted_hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.trusted_hosts), www_redirect=False)
    framing = Framing(
        strict_transport=settings.public_url.startswith("https://"), trusted_proxies=settings.trusted_proxies
    )
    app.add_middleware(Frame, framing=framing)
    app.state.lane = Lane(
        framing,
        graphql.answer,
        path="/graphql",
        refuse=shapes.refuse,
        most_bytes=settings.max_body_bytes,
        stream=EVENT_STREAM,
        hosts=settings.trusted_hosts,
        reads_origins=bool(settings.cors_origins),
    )
    return app
