"""`gql-users serve`: answer requests."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gql_users import logs
from gql_users.access import OPERATOR
from gql_users.cli.serving import services
from gql_users.errors import EmailTaken
from gql_users.services.accounts import Profile
from gql_users.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Lifespan

log = logging.getLogger("gql_users.serve")

FIRST_ADMIN = "admin@example.com"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes to answer with.", min=1, max=64)] = 1,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring the database to this version first; development always does.")
    ] = False,
) -> None:
    """Answer requests.

    In development a first run makes an admin with a random password, printed once.
    """
    import uvicorn  # noqa: PLC0415 - other commands start sooner without it

    settings = Settings()
    logs.set_up(settings.log_level)
    if migrate or settings.env == "development":
        asyncio.run(_prepare(settings))
    within_reach = settings.env == "production" or host not in {"127.0.0.1", "::1", "localhost"}
    if within_reach and settings.rest_is_for == "open":
        log.warning("REST /users is open to everybody who can reach it; GQL_USERS_REST_ACCESS=admin closes it")
    typer.echo(f"GraphQL on http://{host}:{port}/graphql, REST on http://{host}:{port}/docs", err=True)
    uvicorn.run(
        "gql_users.cli.serve:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whoever connects is the client: a header could name anybody.
        proxy_headers=False,
        timeout_graceful_shutdown=15,
        http="gql_users.web.protocol:Protocol",
        ws="websockets-sansio",
        ws_max_size=settings.max_body_bytes,
        # It would cost each connection more memory than all the rest of it.
        ws_per_message_deflate=False,
        # A worker that is slow to start, on a machine that is busy, shall not be taken for one that hangs.
        timeout_worker_healthcheck=60,
    )


def application() -> FastAPI:
    """What each of the processes serves."""
    from gql_users.app import create_app  # noqa: PLC0415 - other commands start a third sooner without it

    settings = Settings()
    logs.set_up(settings.log_level)
    app = create_app(settings)
    app.router.lifespan_context = partial(_ending_streams, app, app.router.lifespan_context)
    # All that was loaded stays: a full garbage collection would look through it again and again, while requests wait.
    gc.collect()
    gc.freeze()
    # What a request makes goes when it is answered; looking every 700 objects for what does not is a sixth of a page.
    gc.set_threshold(5_000, 10, 10)
    return app


@asynccontextmanager
async def _ending_streams(app: FastAPI, lifespan: Lifespan[FastAPI], _app: FastAPI) -> AsyncIterator[None]:
    """End what is followed when the process is asked to end: the server waits for answers that never end by themselves.

    Only a signal tells of it in time. What the server does upon it, it does then.
    """
    end, loop = app.state.services.changes.end, asyncio.get_running_loop()

    def ended(number: int, frame: FrameType | None, *, then: Any) -> None:
        loop.call_soon_threadsafe(end)
        if callable(then):
            then(number, frame)

    async with lifespan(app):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, partial(ended, then=signal.getsignal(number)))
        warming_up = asyncio.create_task(_warm_up(app))
        yield
        warming_up.cancel()


async def _warm_up(app: FastAPI) -> None:
    try:
        await app.state.services.operation.warm_up()
    except Exception:
        log.exception("no connection to the database could be made")


async def _prepare(settings: Settings) -> None:
    async with services(settings) as wired:
        for revision in await wired.operation.migrate():
            typer.echo(f"applied {revision}", err=True)
        if settings.env == "development" and not await wired.administration.has_admin():
            password = secrets.token_urlsafe(12)
            try:
                await wired.administration.create(OPERATOR, FIRST_ADMIN, Profile(), password=password, is_admin=True)
            except EmailTaken:  # a member has it, or another first start was faster
                typer.echo("There is no admin yet: gql-users create-admin --email … makes one.", err=True)
                return
            typer.echo(
                f"\n  The first admin is {FIRST_ADMIN}, password {password}\n  It is shown this once.\n", err=True
            )
