"""Facts about the keys that sign access tokens: made once, published, replaced, and forgotten in time."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import time

import pytest

from gql_users.services.signing_keys import BETWEEN_LOOKS_S
from tests.door import PASSWORD
from tests.forging import OTHER_KEY, Mint, by
from tests.replicas import JsonWebKey, Open, Replica, header_of

REQUIRED = {"ES256": {"kty", "crv", "x", "y"}, "EdDSA": {"kty", "crv", "x"}, "RS256": {"kty", "n", "e"}}
ALGORITHMS = pytest.mark.parametrize("algorithm", REQUIRED)
INVALID = {"code": "UNAUTHENTICATED", "reason": "TOKEN_INVALID"}


def thumbprint(key: JsonWebKey) -> str:
    """The key's name by RFC 7638, 3."""
    members = {name: key[name] for name in sorted(REQUIRED[key["alg"]])}
    digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def test_of_many_services_that_start_at_once_one_makes_the_first_keys(opened: Open) -> None:
    replicas = [await opened() for _ in range(6)]

    published = await asyncio.gather(*(replica.published() for replica in replicas))

    assert [keys == published[0] for keys in published] == [True] * 6
    assert sorted((await replicas[0].keys()).values()) == ["active", "next"]
    assert set(await replicas[0].keys()) == set(published[0])


@ALGORITHMS
async def test_what_is_published_is_the_public_half_alone_and_named_by_its_thumbprint(
    opened: Open, algorithm: str
) -> None:
    replica = await opened(signing_algorithm=algorithm)

    published = await replica.published()

    assert len(published) == 2
    for kid, key in published.items():
        assert set(key) == REQUIRED[algorithm] | {"kid", "use", "alg"}
        assert (key["use"], key["alg"], thumbprint(key)) == ("sig", algorithm, kid)


@ALGORITHMS
async def test_every_algorithm_signs_what_every_replica_verifies(opened: Open, algorithm: str) -> None:
    one, other = await opened(signing_algorithm=algorithm), await opened()

    person = await one.door.register("ann@example.com")

    assert header_of(person.access_token) == {
        "alg": algorithm,
        "typ": "at+jwt",
        "kid": next(kid for kid, state in (await one.keys()).items() if state == "active"),
    }
    assert await one.whose(person.access_token) == await other.whose(person.access_token) == person.id


async def test_with_another_secret_nobody_signs_in_until_the_keys_are_rotated(
    opened: Open, one: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    person = await one.door.register("ann@example.com")
    stranded = await opened(secret="another secret, which is as long as it needs")
    login = {"email": "ann@example.com", "password": PASSWORD}

    with caplog.at_level(logging.ERROR, "gql_users.signing_keys"):
        refused = await stranded.door.refused(
            "mutation ($input: LoginInput!) { login(input: $input) { errors { code } } }", input=login
        )
    assert refused["extensions"]["code"] == "UNAVAILABLE"
    assert "belongs to another secret" in caplog.text
    # The public half needs no secret.
    assert await stranded.whose(person.access_token) == person.id

    await stranded.rotate()

    assert await stranded.door.codes("login", login) == []
    assert sorted((await stranded.keys()).values()) == ["active", "next", "retired", "retired"]


async def test_tokens_with_unknown_keys_cost_a_look_ten_times_a_second_whatever_their_number(
    one: Replica, every_statement: list[str]
) -> None:
    person = await one.door.register("ann@example.com")
    mint = Mint.like(person.access_token, by("ES256", OTHER_KEY.private))
    every_statement.clear()
    started = time.monotonic()

    async def one_after_another(caller: int) -> list[object]:
        tokens = [mint.with_header(kid=f"{caller:03}{number:040}") for number in range(8)]
        return [(await one.door.showing(token).refused("{ me { id } }"))["extensions"] for token in tokens]

    refusals = await asyncio.gather(*(one_after_another(caller) for caller in range(12)))

    looks = sum("FROM signing_keys" in statement for statement in every_statement)
    assert refusals == [[INVALID] * 8] * 12
    assert 1 <= looks <= 2 + (time.monotonic() - started) / BETWEEN_LOOKS_S
