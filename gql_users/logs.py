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

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, logger, message, and whatever was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON."""
        if isinstance(record, Request):
            return record.line()
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


class Request(logging.LogRecord):
    """The record of a request: one a request, so it is made and written without the detours that others can afford.

    It says no more than any other record with the same `extra`, and every handler can take it.
    """

    def __init__(self, logger: str, facts: dict[str, Any]) -> None:
        """Takes the name of the logger and the facts, which become attributes of the record."""
        self.__dict__ = {**_OF_REQUESTS, "name": logger, "created": time.time(), **facts}

    def line(self) -> str:
        """The record as a line of JSON."""
        seconds, fraction = divmod(self.created, 1)
        told = self.__dict__
        client = "null" if told["client"] is None else _text(told["client"])
        return (
            f'{{"time": "{_second(int(seconds))}.{int(fraction * 1000):03}+00:00", "level": "info", '
            f'"logger": "{self.name}", "message": "request", "request_id": {_text(told["request_id"])}, '
            f'"method": {_text(told["method"])}, "path": {_text(told["path"])}, "status": {told["status"]}, '
            f'"milliseconds": {told["milliseconds"]}, "client": {client}}}'
        )


# What all of them have in common; where in the code it was written tells nothing.
_OF_REQUESTS = vars(logging.LogRecord("", logging.INFO, "", 0, "request", (), None))


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def log_request(logger: logging.Logger, facts: dict[str, Any]) -> None:
    """Write one line about a request: `request_id`, `method`, `path`, `status`, `milliseconds` and `client`."""
    if logger.isEnabledFor(logging.INFO):
        record = Request(logger.name, facts)
        (logger.handle if logger.filters else logger.callHandlers)(record)


class Lines(logging.StreamHandler[Any]):
    """Writes JSON lines to a stream: those of one turn of the event loop together, which is cheaper than one by one.

    Whatever is worse than usual is written at once, with all that was said before it.
    """

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self.setFormatter(JsonLines())
        self._waiting: list[str] = []
        self._turn: asyncio.AbstractEventLoop | None = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record that no filter holds back. The lock is taken where something is shared."""
        if self.filters:
            return super().handle(record)
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, now or at the end of the loop's turn."""
        try:
            line = record.line() if type(record) is Request else self.format(record)
            with self.lock or nullcontext():
                self._waiting.append(line)
            if record.levelno > logging.INFO or not self._is_written_soon():
                self.flush()
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Write what waits."""
        with self.lock or nullcontext():
            waiting, self._waiting, self._turn = self._waiting, [], None
            if waiting:
                self.stream.write("\n".join([*waiting, ""]))
                self.stream.flush()

    def _is_written_soon(self) -> bool:
        """Is there a loop whose turn ends soon, with the lines that wait?"""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        if loop is not self._turn:
            self._turn = loop
            loop.call_soon(self.flush)
        return True


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
