"""Facts about what is written down: one JSON object a line, readable, and without anything that somebody sent."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from gql_users import Settings
from gql_users.logs import JsonLines
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
