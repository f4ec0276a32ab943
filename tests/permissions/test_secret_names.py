"""Facts about names: what could hold a secret is in the schema and in OpenAPI only where it is known to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from gql_users import Settings, create_app
from tests.databases import SECRET
from tests.permissions.routes import USERS
from tests.permissions.schema import SCHEMA

SECRET_WORDS = re.compile(
    r"auth|cred|digest|hash|jwk|jwt|key|nonce|otp|pass|pepper|pin$|private|pwd|salt|seal|secret|sign|token",
    re.IGNORECASE,
)

# What people send is no answer. Nothing of it is ever read back.
SENT = {
    "ChangePasswordInput.currentPassword",
    "ChangePasswordInput.newPassword",
    "CreateUserInput.password",
    "LoginInput.password",
    "LogoutInput.refreshToken",
    "RefreshInput.refreshToken",
    "RegisterInput.password",
    "RequestEmailChangeInput.currentPassword",
    "ResetPasswordInput.newPassword",
    "ConfirmEmailChangeInput.token",
    "ResetPasswordInput.token",
    "VerifyEmailInput.token",
    "Mutation.changePassword",
    "Mutation.requestPasswordReset",
    "Mutation.resetPassword",
}
ANSWERED = {
    # Tokens, for whom they were made.
    "LoginPayload.tokens",
    "RefreshPayload.tokens",
    "RegisterPayload.tokens",
    "TokenPair.accessToken",
    "TokenPair.accessTokenExpiresAt",
    "TokenPair.refreshToken",
    "TokenPair.refreshTokenExpiresAt",
    "TokenPair.tokenType",
    # Numbers.
    "ServiceInfo.accessTokenLifetimeSeconds",
    "ServiceInfo.passwordRules",
    # A yes or no.
    "ServiceInfo.signInRequiresVerifiedEmail",
}

REST_SENT = {
    "ChangingPassword.current_password",
    "ChangingPassword.new_password",
    "MovingAddress.current_password",
    "Refreshing.refresh_token",
    "Registering.password",
    "ResettingPassword.new_password",
    "ResettingPassword.token",
    "Showing.token",
    "SigningIn.password",
    "SigningOut.refresh_token",
}
REST_ANSWERED = {
    "Discovery.id_token_signing_alg_values_supported",
    "Discovery.jwks_uri",
    "KeySet.keys",
    "Tokens.access_token",
    "Tokens.access_token_expires_at",
    "Tokens.refresh_token",
    "Tokens.refresh_token_expires_at",
    "Tokens.token_type",
}
OF_CONTRACT = {"accounts": {"AccountsNewUser.password", "AccountsChangedUser.password"}}


def test_names_that_sound_secret_are_in_the_schema_only_where_they_are_known_to_be() -> None:
    kinds = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
    fields = {
        f"{kind.name}.{name}"
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, kinds) and not kind.name.startswith("__")
        for name in kind.fields
    }

    assert {name for name in fields if SECRET_WORDS.search(name.partition(".")[2])} == SENT | ANSWERED


@pytest.mark.parametrize("contract", USERS)
async def test_names_that_sound_secret_are_in_openapi_only_where_they_are_known_to_be(
    tmp_path: Path, contract: Any
) -> None:
    settings = Settings(data_dir=tmp_path, secret=SECRET, rest_contract=contract, _env_file=None)
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=30) as http:
        document = (await http.get("/openapi.json")).json()

    secret = {name for name in properties(document) if SECRET_WORDS.search(name.partition(".")[2])}
    assert secret == REST_SENT | REST_ANSWERED | OF_CONTRACT.get(contract, set())
    assert [name for name in parameters(document) if SECRET_WORDS.search(name)] == []


def properties(document: dict[str, Any]) -> Iterator[str]:
    """Every property of every shape, by `Shape.property`."""
    for name, shape in document["components"]["schemas"].items():
        yield from (f"{name}.{each}" for each in shape.get("properties", ()))


def parameters(document: dict[str, Any]) -> Iterator[str]:
    """Every parameter of every path."""
    for path in document["paths"].values():
        for operation in path.values():
            yield from (parameter["name"] for parameter in operation.get("parameters", ()))
