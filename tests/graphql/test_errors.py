"""Facts about errors: their codes, that they never repeat what was sent, and that surprises stay hidden."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.door import PASSWORD, Door

REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } errors { code } } }"
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { errors { code } } }"
CANARY, NUMBER = "canary-7b1e", 70_417_041

Execute = Callable[[str], Awaitable[None]]


@pytest.fixture
async def beneath(database_url: str) -> AsyncIterator[Execute]:
    """Does something to the database behind the service's back."""
    engine = create_async_engine(database_url)

    async def execute(statement: str) -> None:
        async with engine.begin() as connection:
            await connection.execute(text(statement))

    yield execute
    await engine.dispose()


async def errors_of(door: Door, query: str, **variables: object) -> list[tuple[str, str]]:
    """The codes and messages of an answer."""
    body = (await door.answer(query, variables)).json()
    return [(error["extensions"]["code"], error["message"]) for error in body["errors"]]


async def test_what_cannot_be_read_and_what_makes_no_sense_have_codes_of_their_own(door: Door) -> None:
    async def codes(query: str) -> set[str]:
        return {code for code, _ in await errors_of(door, query)}

    assert await codes("{ me { id }") == {"GRAPHQL_PARSE_FAILED"}
    assert await codes("what?") == {"GRAPHQL_PARSE_FAILED"}
    assert await codes("{" * 5_000) == {"GRAPHQL_PARSE_FAILED"}
    assert await codes("{ nobody { id } me }") == {"GRAPHQL_VALIDATION_FAILED"}
    assert await codes("{ user { id } }") == {"GRAPHQL_VALIDATION_FAILED"}
    assert await codes("subscription { userChanged { id } }") == {"GRAPHQL_VALIDATION_FAILED"}
    assert await codes("query ($by: UserBy!) { user(by: $by) { id } }") == {"BAD_USER_INPUT"}


async def test_a_question_that_is_refused_is_refused_at_its_place(door: Door) -> None:
    body = (await door.answer("{ one: user(by: {databaseId: 1}) { id } me { id } }")).json()

    assert body["data"] == {"one": None, "me": None}
    assert [(error["path"], error["extensions"]) for error in body["errors"]] == [
        (["one"], {"code": "UNAUTHENTICATED"})
    ]


@pytest.mark.parametrize(
    "input",
    [
        {"email": "ann@example.com", "password": NUMBER},
        {"email": "ann@example.com", "password": [CANARY, CANARY]},
        {"email": "ann@example.com", "password": {"is": f"it's; {CANARY}"}},
        {"email": "ann@example.com", "password": CANARY, "isAdmin": True},
        {"email": "ann@example.com", "password": CANARY, "age": CANARY},
        {"password": CANARY},
        [CANARY],
        CANARY,
    ],
    ids=str,
)
async def test_a_variable_of_the_wrong_type_is_not_repeated(door: Door, input: object) -> None:
    answer = await door.answer(REGISTER, {"input": input})

    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"BAD_USER_INPUT"}
    assert "$input" in answer.json()["errors"][0]["message"]
    assert CANARY not in answer.text
    assert str(NUMBER) not in answer.text


@pytest.mark.parametrize(
    "input",
    [
        f'{{email: "ann@example.com", password: {NUMBER}}}',
        f'{{email: "ann@example.com", password: "{CANARY}", isAdmin: true}}',
        f'{{password: "{CANARY}"}}',
        f'"{CANARY}"',
    ],
)
async def test_a_value_written_into_a_document_is_not_repeated_either(door: Door, input: str) -> None:
    answer = await door.answer(f"mutation {{ register(input: {input}) {{ errors {{ code }} }} }}")

    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert CANARY not in answer.text
    assert str(NUMBER) not in answer.text


@pytest.mark.parametrize("token", [f'"{CANARY}"', f'"""{CANARY}"""', f'"it\'s {CANARY}"', str(NUMBER), f"{NUMBER}.5"])
async def test_a_value_where_none_can_stand_is_not_repeated(door: Door, token: str) -> None:
    answer = await door.answer(f"mutation {{ register(input: {{password {token}}}) {{ errors {{ code }} }} }}")

    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"GRAPHQL_PARSE_FAILED"}
    assert CANARY not in answer.text
    assert str(NUMBER) not in answer.text


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("BigInt!", "user(by: {databaseId: $it}) { id }", CANARY),
        ("UserBy!", "user(by: $it) { id }", {"databaseId": CANARY}),
        ("Int", "users(first: $it) { totalCount }", CANARY),
        ("Boolean", "users(filter: {isAdmin: $it}) { totalCount }", CANARY),
        ("DateTime", "users(filter: {createdAt: {gte: $it}}) { totalCount }", CANARY),
        ("UserOrderField!", "users(orderBy: {field: $it}) { totalCount }", CANARY),
    ],
)
async def test_no_scalar_and_no_enum_repeats_what_it_refuses(door: Door, kind: str, field: str, value: object) -> None:
    answer = await door.answer(f"query ($it: {kind}) {{ {field} }}", {"it": value})

    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"BAD_USER_INPUT"}
    assert CANARY not in answer.text


async def test_a_surprise_shows_nothing_but_the_id_of_the_request(
    door: Door, beneath: Execute, caplog: pytest.LogCaptureFixture
) -> None:
    await beneath("ALTER TABLE users RENAME TO elsewhere")
    login = {"input": {"email": f"{CANARY}@example.com", "password": CANARY}}

    answer = await door.answer(LOGIN, login)

    request_id = answer.headers["X-Request-ID"]
    masked = {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    assert answer.json()["data"] == {"login": None}
    assert [error["extensions"] for error in answer.json()["errors"]] == [masked]
    for word in ("canary", "users", "select", "sql", "traceback", ".py"):
        assert word not in answer.text.lower(), word
    assert [getattr(record, "request_id", None) for record in caplog.records if record.levelno >= logging.ERROR] == [
        request_id
    ]


async def test_a_surprise_before_the_question_is_masked_alike(door: Door, as_member: Door, beneath: Execute) -> None:
    await beneath("ALTER TABLE sessions RENAME TO elsewhere")

    answer = await as_member.http.post(
        "/graphql", json={"query": "{ me { id } }"}, headers={**as_member.headers, "X-Request-ID": "my-own-id-1"}
    )

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "my-own-id-1"
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "my-own-id-1"}
    assert "sessions" not in answer.text


async def test_a_deed_that_fails_leaves_no_row(door: Door, as_admin: Door, beneath: Execute) -> None:
    await beneath("ALTER TABLE sessions RENAME TO elsewhere")
    failed = await door.answer(REGISTER, {"input": {"email": "new@example.com", "password": PASSWORD}})
    await beneath("ALTER TABLE elsewhere RENAME TO sessions")

    found = await as_admin.ask('{ user(by: {email: "new@example.com"}) { id } users { totalCount } }')

    assert failed.json()["data"] == {"register": None}
    assert found == {"user": None, "users": {"totalCount": 1}}
    assert await door.codes("register", {"email": "new@example.com", "password": PASSWORD}) == []
