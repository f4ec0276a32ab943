"""Facts about secrets: whatever people do, none is in a log line, in an event, or in an answer to somebody else."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from gql_users import Settings, logs
from gql_users.models import SigningKey, User
from gql_users.repositories.database import connect
from gql_users.security.keys import derive
from gql_users.security.signing import Algorithm, Vault
from tests.databases import SECRET
from tests.door import PASSWORD, Door, Person

NEW, WRONG = "canary-new-0451", "canary-wrong-0451"
TOKENS = "tokens { accessToken refreshToken }"
EVENTS = "{ events(first: 100) { nodes { kind ipAddress userAgent details user { email } actor { email } } } }"


class Lines(logging.Handler):
    """All that would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logs.JsonLines())
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, unless it is the client's own."""
        if not record.name.startswith(("httpx", "httpcore")):
            self.written.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is written while a test runs, as much as can be, by a process that was set up as the service is."""
    root, execution = logging.getLogger(), logging.getLogger("strawberry.execution")
    handlers, level, disabled = root.handlers[:], root.level, execution.disabled
    listening = Lines()
    logs.set_up("debug")
    root.handlers[:] = [*handlers, listening]
    yield listening.written
    root.handlers[:] = handlers
    root.setLevel(level)
    execution.disabled = disabled


@pytest.fixture
def answers(door: Door) -> list[httpx.Response]:
    """Every answer that comes through the door while a test runs."""
    heard: list[httpx.Response] = []

    async def hear(answer: httpx.Response) -> None:
        await answer.aread()
        heard.append(answer)

    door.http.event_hooks["response"].append(hear)
    return heard


async def stored(settings: Settings) -> dict[str, str]:
    """The secrets that the database keeps: hashes of passwords, and the private keys that it has sealed."""
    engine, vault = connect(settings), Vault(derive(SECRET.encode(), "signing keys"))
    async with engine.connect() as connection:
        hashes = (await connection.scalars(select(User.password_hash))).all()
        keys = (
            await connection.execute(select(SigningKey.kid, SigningKey.algorithm, SigningKey.sealed_private_key))
        ).all()
    await engine.dispose()
    opened = [vault.open(key, kid, Algorithm(algorithm)).private for kid, algorithm, key in keys]
    ders = [private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()) for private in opened]
    written = [text for der in ders for text in (der.hex(), base64.b64encode(der).decode())]
    assert (len(hashes), len(keys)) == (3, 2)
    return {**dict.fromkeys(filter(None, hashes), "hash"), **dict.fromkeys(written, "private key")}


async def everything_done(door: Door, member: Person, admin: Person) -> list[str]:
    """Each of the main flows, done and refused. The tokens that came of it."""
    login, me = {"email": member.email, "password": PASSWORD}, door.as_(member)
    tokens = [member.access_token, member.refresh_token, admin.access_token, admin.refresh_token]

    async def given(deed: str, input: dict[str, Any]) -> Any:
        pair = (await door.done(deed, input, TOKENS))["tokens"]
        tokens.extend(pair.values())
        return pair

    refresh = {"refreshToken": (await given("login", login))["refreshToken"]}
    second = await given("refresh", refresh)
    await given("refresh", {"refreshToken": second["refreshToken"]})
    assert await door.codes("refresh", refresh) == [("TOKEN_REUSED", None)]
    assert await door.codes("login", login | {"password": WRONG}) == [("INVALID_CREDENTIALS", None)]
    await door.codes("register", {"email": member.email, "password": NEW})
    await door.codes("register", {"email": "new@example.com", "password": WRONG, "name": "\x00"})
    await door.answer(f'mutation {{ login(input: {{password: "{WRONG}", nonsense: true}}) {{ nonsense }} }}')
    await me.codes("changePassword", {"currentPassword": WRONG, "newPassword": NEW})
    await me.done("changePassword", {"currentPassword": PASSWORD, "newPassword": NEW})
    await me.ask("{ me { name events { nodes { kind details } } sessions { nodes { id } } } }")
    await door.as_(admin).done("createUser", {"email": "made@example.com", "password": NEW})
    await door.as_(admin).ask("{ users { nodes { name email } } }")
    for path, body in (
        ("login", {"email": member.email, "password": NEW}),
        ("login", {"email": member.email, "password": WRONG}),
        ("refresh", {"refresh_token": WRONG, "password": [WRONG]}),
        ("logout", {"refresh_token": member.refresh_token}),
    ):
        answer = (await door.http.post(f"/api/v1/auth/{path}", json=body)).json()
        tokens += [answer["data"][half] for half in ("access_token", "refresh_token") if answer["data"]]
    await door.http.get("/api/v1/users/me", headers=me.headers)
    await door.http.get("/.well-known/jwks.json")
    return tokens


async def test_no_secret_is_in_a_line_an_event_or_an_answer_that_is_not_its_owners(
    door: Door,
    a_member: Person,
    an_admin: Person,
    settings: Settings,
    lines: list[str],
    answers: list[httpx.Response],
) -> None:
    tokens = await everything_done(door, a_member, an_admin)
    events = (await door.as_(an_admin).ask(EVENTS))["events"]["nodes"]

    secrets = {PASSWORD: "password", NEW: "password", WRONG: "password", SECRET: "installation's secret"}
    secrets |= dict.fromkeys(tokens, "token") | await stored(settings)
    told = {
        "lines": "\n".join(lines),
        "events": json.dumps(events),
        "answers": "\n".join(without_tokens(answer) for answer in answers),
    }
    leaks = [(where, kind) for secret, kind in secrets.items() for where, text in told.items() if secret in text]
    assert leaks == []
    assert len(set(tokens)) >= 12
    assert len(answers) >= 19
    assert len(events) >= 10
    assert any('"path": "/graphql"' in line for line in lines)


def without_tokens(answer: httpx.Response) -> str:
    """An answer, but for the tokens of whoever has just proven who they are."""
    body = answer.json()
    signing_in = [*(body.get("data") or {}).values()] if answer.request.url.path == "/graphql" else [body]
    pairs = [each.get("tokens") or each.get("data") for each in signing_in if isinstance(each, dict)]
    for pair in pairs:
        for half in ("accessToken", "refreshToken", "access_token", "refresh_token"):
            if isinstance(pair, dict):
                pair.pop(half, None)
    return f"{[*answer.headers.items()]} {json.dumps(body)}"
