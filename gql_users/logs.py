"""Structured lines with no secret in them: one JSON object a line, control characters escaped."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # It tells of itself at every question about readiness.
    logging.getLogger("alembic.runtime.migration").setLevel("WARNING")
    # It writes every frame of a WebSocket, tokens and all; and who opens one, with what their URL asks for.
    logging.getLogger("uvicorn.error").setLevel("INFO")
    logging.getLogger("uvicorn.error").addFilter(lambda record: "WebSocket" not in str(record.msg))
    # It writes every statement with its values.
    logging.getLogger("aiosqlite").setLevel("INFO")
    # It writes whole queries, inline literals and all; failures are logged by the GraphQL door, without them.
    logging.getLogger("strawberry.execution").disabled = True
