"""Facts about what is written down: one JSON object a line, readable, and without anything that somebody sent."""

from __future__ import annotations

import asyncio
import json
import logging
from io import StringIO
from typing import Any

import pytest

from gql_users import Settings
from gql_users.logs import JsonLines, Lines, Request, log_request
from gql_users.repositories.database import connect
from tests.door import Door

CANARY = "canary-0451"


def written(message: str, *arguments: object, error: BaseException | None = None, **extra: Any) -> str:
    """A line, as it is written."""
    about = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("gql_users.test", logging.WARNING, __file__, 1, message, arguments, about)
    vars(record).update(extra)
    return JsonLines().format(record)


def failing(value: str) -> None:
    """Breaks, and says with what."""
    try:
        int(value)
    except ValueError as error:
        raise KeyError(value) from error


def test_a_line_says_when_how_bad_where_and_what() -> None:
    line = json.loads(written("%s came", "somebody", user_id=7))

    assert line["time"].endswith("+00:00")
    assert (line["level"], line["logger"], line["message"]) == ("warning", "gql_users.test", "somebody came")
    assert line["user_id"] == 7


@pytest.mark.parametrize("bad", ["\n", "\r\n", "\x00", "\x1b[2J", "\x7f", "\u2028", "\ud800", '"}\n{"level": "info"'])
def test_whatever_is_in_a_line_it_stays_one_line_that_can_be_read(bad: str) -> None:
    line = written("a message with %s", bad, path=bad, nested={"deep": [bad]})

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["path"] == bad


def test_an_error_is_told_by_its_kind_and_place_without_its_words() -> None:
    with pytest.raises(KeyError) as error:
        failing(CANARY)

    told = json.loads(written("unexpected failure", error=error.value))["exception"]

    assert told.startswith("builtins.KeyError at ")
    assert "; because of builtins.ValueError at " in told
    assert "test_logs.py:" in told
    assert CANARY not in told


def test_what_cannot_be_written_as_json_does_not_break_the_line() -> None:
    assert json.loads(written("odd", what=object(), amount={1, 2}))["message"] == "odd"


async def test_a_surprise_in_graphql_is_masked_and_its_line_has_no_value(
    door: Door, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    engine = connect(settings)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE users RENAME TO away")
    await engine.dispose()
    caplog.set_level(logging.DEBUG)

    answer = await door.answer(
        'mutation { register(input: {email: "canary@example.com", password: "canary-0451"}) { user { id } } }'
    )

    (error,) = answer.json()["errors"]
    request_id = answer.headers["X-Request-ID"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    assert error["message"] == "Something went wrong on our side."
    ours = [record for record in caplog.records if record.name.startswith("gql_users")]
    lines = [json.loads(JsonLines().format(record)) for record in ours]
    assert [line["request_id"] for line in lines if "exception" in line] == [request_id]
    assert "canary" not in "".join(map(json.dumps, lines))


def a_logger() -> tuple[logging.Logger, StringIO]:
    """A logger that nobody else has, and where it writes to."""
    stream, logger = StringIO(), logging.Logger("gql_users.requests", logging.INFO)  # noqa: LOG001 - as above
    logger.addHandler(Lines(stream))
    return logger, stream


FACTS: dict[str, Any] = {
    "request_id": "0" * 32,
    "method": "POST",
    "path": '/graph"ql\n\u2028',
    "status": 200,
    "milliseconds": 0.5,
    "client": "127.0.0.1",
}


@pytest.mark.parametrize("client", ["127.0.0.1", None])
def test_the_line_of_a_request_says_what_an_ordinary_one_would(client: str | None) -> None:
    facts = {**FACTS, "client": client}
    record = Request("gql_users.requests", facts)
    ordinary = logging.makeLogRecord({**vars(record), "levelname": "INFO"})

    line, expected = JsonLines().format(record), JsonLines().format(ordinary)

    assert line == expected
    assert json.loads(line).items() >= facts.items()


async def test_lines_of_one_turn_of_the_loop_are_written_together_and_soon() -> None:
    logger, stream = a_logger()

    log_request(logger, **FACTS)
    log_request(logger, **FACTS)
    at_once = stream.getvalue()
    await asyncio.sleep(0)

    assert at_once == ""
    assert len(stream.getvalue().splitlines()) == 2


async def test_a_warning_is_written_at_once_behind_what_was_said_before() -> None:
    logger, stream = a_logger()

    logger.info("first")
    logger.warning("second")

    assert stream.getvalue() == "first\nsecond\n"


def test_without_a_loop_each_line_is_written_at_once() -> None:
    logger, stream = a_logger()

    logger.info("first")

    assert stream.getvalue() == "first\n"


def test_what_waits_when_a_loop_ends_is_written_with_the_next_line() -> None:
    async def says() -> None:
        logger.info("first")

    logger, stream = a_logger()
    asyncio.run(says())

    logger.info("second")

    assert stream.getvalue() == "first\nsecond\n"
