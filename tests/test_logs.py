"""Facts about what is written down: one JSON object a line, readable, and without anything that somebody sent."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from io import StringIO
from typing import Any

import pytest

from gql_users import Settings
from gql_users.logs import REQUESTS, JsonLines, Lines, log_request
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
    stream, logger = StringIO(), logging.Logger(REQUESTS, logging.INFO)  # noqa: LOG001 - as above
    logger.addHandler(Lines(stream))
    return logger, stream


def facts(client: str | None = "127.0.0.1") -> dict[str, Any]:
    return {
        "request_id": "0" * 32,
        "method": "POST",
        "path": '/graph"ql\n\u2028',
        "status": 200,
        "milliseconds": 0.5,
        "client": client,
    }


@pytest.mark.parametrize("client", ["127.0.0.1", None])
def test_the_line_of_a_request_says_what_an_ordinary_one_would(client: str | None) -> None:
    logger, stream = a_logger()

    log_request(logger, **facts(client))
    logger.info("request", extra=facts(client))

    line, ordinary = stream.getvalue().splitlines()
    assert json.loads(line).items() >= facts(client).items()
    assert _without_time(line) == _without_time(ordinary)


def _without_time(line: str) -> str:
    time, _, rest = line.partition(", ")
    assert re.fullmatch(r'\{"time": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"', time)
    return rest


def test_whoever_listens_otherwise_hears_of_requests_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        log_request(logging.getLogger("gql_users.elsewhere"), **facts())

    (record,) = caplog.records
    assert vars(record).items() >= facts().items()


async def test_lines_of_one_turn_of_the_loop_are_written_together_and_soon() -> None:
    logger, stream = a_logger()

    log_request(logger, **facts())
    log_request(logger, **facts())
    at_once = stream.getvalue()
    await asyncio.sleep(0)

    assert at_once == ""
    assert len(stream.getvalue().splitlines()) == 2


async def test_a_warning_is_written_at_once_behind_what_was_said_before() -> None:
    logger, stream = a_logger()

    logger.info("first")
    logger.warning("second")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["first", "second"]


async def test_no_line_is_lost_when_several_threads_write() -> None:
    logger, stream = a_logger()

    def write() -> None:
        for _ in range(500):
            log_request(logger, **facts())
            logger.warning("odd")

    threads = [asyncio.to_thread(write) for _ in range(4)]
    for _ in range(500):
        log_request(logger, **facts())
        await asyncio.sleep(0)
    await asyncio.gather(*threads)

    assert len([json.loads(line) for line in stream.getvalue().splitlines()]) == 4 * 1_000 + 500


def test_lines_that_an_event_loop_left_behind_are_written_with_the_next() -> None:
    logger, stream = a_logger()

    async def ended() -> None:
        asyncio.get_running_loop().stop()
        logger.info("first")

    loop = asyncio.new_event_loop()
    ending = loop.create_task(ended())
    loop.run_forever()
    loop.close()
    assert ending.done()
    logger.info("second")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["first", "second"]
