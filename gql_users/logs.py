"""Structured lines with no secret in them: one JSON object a line, control characters escaped."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
import traceback
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

_text = encode_basestring_ascii

# A longer one is nobody's habit, and is not remembered.
LONGEST_PATH = 500

REQUESTS = "gql_users.requests"
"""The logger that tells of requests: a line each, and what went wrong in them."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, logger, message, and whatever was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((key, value) for key, value in vars(record).items() if key not in _STANDARD)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = without_values(record.exc_info[1])
        return json.dumps(line, default=str)


class Lines(logging.StreamHandler[Any]):
    """Writes JSON lines to a stream: those of one turn of the event loop together, which is cheaper than one by one.

    Whatever is worse than usual is written at once, with all that was said before it.
    """

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self.setFormatter(JsonLines())
        self._waiting: list[str] = []
        # Where the turn is under way at whose end they are written.
        self._turn: asyncio.AbstractEventLoop | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, now or at the end of the loop's turn."""
        try:
            self.add(self.format(record))
            if record.levelno > logging.INFO:
                self.flush()
        except Exception:
            self.handleError(record)

    def add(self, line: str) -> None:
        """Write a line at the end of the loop's turn; at once where there is no loop."""
        with self.lock or nullcontext():
            self._waiting.append(line)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if loop is not self._turn:
            self._turn = loop
            loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write what waits."""
        with self.lock or nullcontext():
            waiting, self._waiting, self._turn = self._waiting, [], None
            if waiting:
                self.stream.write("\n".join([*waiting, ""]))
                self.stream.flush()


def log_request(
    logger: logging.Logger,
    request_id: str,
    method: str,
    path: str,
    status: int,
    milliseconds: float,
    client: str | None,
) -> None:
    """Write one line about a request.

    There are more of these than of all others, so where lines go to one stream and nowhere else, they are written
    without the detours that others can afford; what they say is the same.
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    listening = logger.handlers or logging.root.handlers
    lines = listening[0] if len(listening) == 1 else None
    if type(lines) is Lines:
        around = _around if len(path) <= LONGEST_PATH else _around.__wrapped__
        about, whose = around(method, path, status, client)
        lines.add(f"{_begun(logger.name, time.time())}{_text(request_id)}{about}{milliseconds:.1f}{whose}")
    else:
        facts = {"request_id": request_id, "method": method, "path": path, "status": status}
        logger.info("request", extra={**facts, "milliseconds": round(milliseconds, 1), "client": client})


def _begun(logger: str, now: float) -> str:
    second = int(now)
    before, after = _second(logger, second)
    return f"{before}{int((now - second) * 1000):03}{after}"


@lru_cache(maxsize=2)
def _second(logger: str, second: int) -> tuple[str, str]:
    told = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    said = f'"level": "info", "logger": {_text(logger)}, "message": "request"'
    return f'{{"time": "{told}.', f'+00:00", {said}, "request_id": '


# Most requests are for the one path, of somebody who has just sent another.
@lru_cache(maxsize=1024)
def _around(method: str, path: str, status: int, client: str | None) -> tuple[str, str]:
    about = f', "method": {_text(method)}, "path": {_text(path)}, "status": {status}, "milliseconds": '
    return about, f', "client": {"null" if client is None else _text(client)}}}'


def without_values(error: BaseException) -> str:
    """Where an error happened and of what kind it was, without its message.

    Drivers and validators put the values they choke on into their messages, and those may be passwords.
    """
    causes: list[str] = []
    link: BaseException | None = error
    while link is not None and len(causes) < 5:
        frames = traceback.extract_tb(link.__traceback__)[-12:]
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        causes.append(f"{type(link).__module__}.{type(link).__qualname__} at {places}")
        link = link.__cause__ or link.__context__
    return "; because of ".join(causes)


def set_up(level: str) -> None:
    """Send every log line of the process to standard error, as JSON, from `level` upwards."""
    logging.basicConfig(level=level.upper(), handlers=[Lines(sys.stderr)], force=True)
    # It tells of itself at every question about readiness.
    logging.getLogger("alembic.runtime.migration").setLevel("WARNING")
    # It writes every frame of a WebSocket, tokens and all; and who opens one, with what their URL asks for.
    logging.getLogger("uvicorn.error").setLevel("INFO")
    logging.getLogger("uvicorn.error").addFilter(lambda record: "WebSocket" not in str(record.msg))
    # It writes every statement with its values.
    logging.getLogger("aiosqlite").setLevel("INFO")
    # It writes whole queries, inline literals and all; failures are logged by the GraphQL door, without them.
    logging.getLogger("strawberry.execution").disabled = True
