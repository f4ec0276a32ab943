"""A pytest plugin that listens while tests run: to every log line, event, response and process of theirs."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gql_users import Settings, logs
from gql_users.logs import JsonLines
from gql_users.repositories.database import connect
from gql_users.security.passwords import Passwords
from gql_users.security.signing import SigningKey, Vault
from proofs.canaries import FOLDER, TOKEN, Canaries, Tally
from proofs.stage import settings_for
from tests import commands, databases, door

OWNERS = ("login", "register", "refresh")

# What the client in the tests has to say is not the service's: it is whose secrets they are.
CLIENTS = ("httpx", "httpcore")

# A password that was just made is shown once, to whoever sits at the command line.
SHOWN = re.compile(r"^(\s*The first admin is \S+, password|password:) \S+$", re.MULTILINE)

tally = Tally()
now = Canaries()


class Listening(logging.Handler):
    """Takes each line as the service would write it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Format and keep it."""
        if not record.name.startswith(CLIENTS):
            now.texts["log lines"].append(self.format(record))


def pytest_configure() -> None:
    """Log all there is, as the service sets it up, and listen everywhere."""
    logs.set_up("debug")
    listening = Listening()
    listening.setFormatter(JsonLines())
    logging.getLogger().handlers[:] = [listening]
    _listen_to_clients()
    _learn_hashes_and_keys()
    _read_events_before_they_go()
    _read_what_processes_write()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Look, after each test, whether anything turned up."""
    now.__init__()  # type: ignore[misc] # the listeners hold on to this one
    now.know("password", door.PASSWORD)
    now.know("installation's secret", databases.SECRET)
    logging.getLogger().setLevel(logging.DEBUG)
    outcome = yield
    tally.add(item.nodeid, now)
    return outcome


def pytest_sessionfinish() -> None:
    """Leave what was found to whoever started this."""
    if tally.tests:
        file = Path(os.environ[FOLDER]) / f"tally-{os.getpid()}.json"
        file.write_text(tally.written())


def _listen_to_clients() -> None:
    send = httpx.AsyncClient.send

    async def heard(self: httpx.AsyncClient, request: httpx.Request, **more: Any) -> httpx.Response:
        sent = _sent(request)
        now.know_typed(sent)
        answer = await send(self, request, **more)
        if not more.get("stream"):
            now.texts["responses"].append(_but_for_owners(request, sent, f"{[*answer.headers.items()]} {answer.text}"))
        return answer

    httpx.AsyncClient.send = heard  # type: ignore[method-assign] # listening is the point


def _sent(request: httpx.Request) -> str:
    """What a request says; nothing for what is sent bit by bit."""
    try:
        return request.content.decode("utf-8", "replace")
    except httpx.RequestNotRead:
        return ""


def _but_for_owners(request: httpx.Request, sent: str, answer: str) -> str:
    """An answer without the tokens that whoever asked has come to get."""
    path = request.url.path
    if path.endswith(("/auth/login", "/auth/refresh")) or (
        path.endswith("/graphql") and any(o in sent for o in OWNERS)
    ):
        for token in TOKEN.findall(answer):
            now.know_token(token)
        return TOKEN.sub("", answer)
    return answer


def _learn_hashes_and_keys() -> None:
    hash_password, seal, secret = Passwords.hash, Vault.seal, Settings.installation_secret

    async def hashed(self: Passwords, password: str) -> str:
        made = await hash_password(self, password)
        now.know_password(password)
        now.know("password hash", made, made.rpartition("$")[2])
        return made

    def sealed(self: Vault, key: SigningKey) -> bytes:
        form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        now.know_key(key.private.private_bytes(*form))
        return seal(self, key)

    def installation_secret(self: Settings) -> bytes:
        found = secret(self)
        now.know("installation's secret", found.decode("utf-8", "surrogatepass"))
        return found

    Passwords.hash = hashed  # type: ignore[method-assign] # as above
    Vault.seal = sealed  # type: ignore[method-assign] # as above
    Settings.installation_secret = installation_secret  # type: ignore[method-assign] # as above


def _read_events_before_they_go() -> None:
    for home in (databases.PostgreSQL, databases.SQLite):
        home.drop = _reading_first(home.drop)  # type: ignore[method-assign] # as above


def _reading_first(drop: Any) -> Any:
    async def read_and_drop(self: Any, url: str) -> None:
        now.texts["events"] += await _events(url)
        await drop(self, url)

    return read_and_drop


async def _events(url: str) -> list[str]:
    """Every event of a database, as text; none where there is no such table."""
    engine = connect(settings_for(url))
    logging.disable()  # this is not the service
    try:
        async with engine.connect() as connection:
            return [str(row) for row in await connection.execute(text("SELECT * FROM events"))]
    except (SQLAlchemyError, OSError):
        return []
    finally:
        await engine.dispose()
        logging.disable(logging.NOTSET)


def _read_what_processes_write() -> None:
    run, serve = commands.Commands.run, commands.Commands.serving

    async def ran(self: commands.Commands, *arguments: str, typed: str = "", **settings: str) -> Any:
        for line in typed.splitlines():
            now.know_password(line)
        done = await run(self, *arguments, typed=typed, **({"log_level": "debug"} | settings))
        now.texts["lines of other processes"] += [*_but_for_what_is_shown(done.stdout), *done.stderr.splitlines()]
        return done

    @asynccontextmanager
    async def served(self: commands.Commands, *arguments: str, **settings: str) -> AsyncIterator[commands.Running]:
        async with serve(self, *arguments, **({"log_level": "debug"} | settings)) as running:
            try:
                yield running
            finally:
                now.texts["lines of other processes"] += _but_for_what_is_shown(running.output)

    commands.Commands.run = ran  # type: ignore[method-assign] # as above
    commands.Commands.serving = served  # type: ignore[method-assign] # as above


def _but_for_what_is_shown(output: str) -> list[str]:
    """The lines of a process, without a password that it made and shows; a second time would be a leak."""
    return SHOWN.sub(r"\1", output, count=1).splitlines()
