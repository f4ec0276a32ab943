"""Explainers: one for each kind of database, on a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import make_url, text

from gql_users.repositories.database import connect
from gql_users.settings import Settings
from proofs.explaining_on_postgresql import PostgreSQLExplainer
from proofs.explaining_on_sqlite import SQLiteExplainer
from proofs.plans import Explainer


@asynccontextmanager
async def an_explainer(settings: Settings) -> AsyncIterator[Explainer]:
    """Somebody who knows the plans of the service's database."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        file = sqlite3.connect(str(url.database))
        try:
            yield SQLiteExplainer(file)
        finally:
            file.close()
    else:
        connection = await asyncpg.connect(user=url.username, database=url.database, host=url.query["host"])
        try:
            yield PostgreSQLExplainer(connection, await _modes(settings))
        finally:
            await connection.close()


async def _modes(settings: Settings) -> tuple[str, ...]:
    """Which plans the server may take for the service's prepared statements."""
    engine = connect(settings)
    try:
        async with engine.connect() as connection:
            mode = str(await connection.scalar(text("SHOW plan_cache_mode")))
    finally:
        await engine.dispose()
    return ("force_custom_plan", "force_generic_plan") if mode == "auto" else (mode,)
