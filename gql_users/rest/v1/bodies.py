"""What goes in and out under `/api/v1`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gql_users import text
from gql_users.rest.contracts.contract import Age, Email, Name, NamePart, Password, UserIn, UserOut, omitted
from gql_users.services.one_time import Shown
from gql_users.services.sessions import LogoutScope
from gql_users.services.token_pair import TokenPair

Username = Annotated[
    str,
    Field(
        json_schema_extra={
            "minLength": text.SHORTEST_USERNAME,
            "maxLength": text.LONGEST_USERNAME,
            "pattern": "^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$",
        }
    ),
]
Locale = Annotated[
    str,
    Field(
        description="The language they read, such as `en` or `pt-BR`.",
        json_schema_extra={"maxLength": text.LONGEST_LOCALE, "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
    ),
]
Token = Annotated[str, Field(description="The newest refresh token of the session.")]


class User(UserOut):
    """An account."""

    id: int
    email: str
    username: str | None
    name: str
    first_name: str | None
    last_name: str | None
    age: int | None
    locale: str | None
    is_active: bool
    is_admin: bool
    created_at: datetime
    updated_at: datetime
    last_login_at: datetime | None


class Tokens(BaseModel):
    """What a client keeps to stay signed in (RFC 6749)."""

    access_token: str
    refresh_token: str
    token_type: str
    access_token_expires_at: datetime
    refresh_token_expires_at: datetime

    @classmethod
    def of(cls, tokens: TokenPair) -> Tokens:
        """The tokens, as they are sent."""
        return cls(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            token_type="bearer",  # noqa: S106 - a word of the standard
            access_token_expires_at=tokens.access_token_expires_at,
            refresh_token_expires_at=tokens.refresh_token_expires_at,
        )


class Registering(UserIn):
    """A new account of one's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "ada@example.com", "username": "ada", "password": "a long enough password"}]
        }
    )

    email: Email
    username: Username = omitted()
    password: Password
    name: Name = omitted()
    first_name: NamePart = omitted()
    last_name: NamePart = omitted()
    age: Age = omitted()
    locale: Locale = omitted()


class SigningIn(BaseModel):
    """An address and a password."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={"examples": [{"email": "ada@example.com", "password": "a long enough password"}]},
    )

    email: Email
    password: Password


class Refreshing(BaseModel):
    """A refresh token to exchange."""

    model_config = ConfigDict(strict=True)

    refresh_token: Token


class SigningOut(Refreshing):
    """Which sessions to end."""

    scope: Annotated[LogoutScope, Field(strict=False)] = LogoutScope.CURRENT


class ChangingProfile(UserIn):
    """What to change; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"username": "countess"}]})

    username: Username = omitted()
    name: Name = omitted()
    first_name: NamePart = omitted()
    last_name: NamePart = omitted()
    age: Age = omitted()
    locale: Locale = omitted()


class ChangingPassword(BaseModel):
    """The present password and the next."""

    model_config = ConfigDict(strict=True)

    current_password: Password
    new_password: Password


class AskingForLetter(BaseModel):
    """Which address."""

    model_config = ConfigDict(strict=True)

    email: Email


# One of the two, and nothing of the other.
_SAID: Any = {"type": "string"}
_UNSAID: Any = {"type": "null"}


class Showing(BaseModel):
    """The token of a letter's link, or its code with the address it went to."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"email": "ada@example.com", "code": "123456"}],
            "anyOf": [
                {"required": ["token"], "properties": {"token": _SAID, "email": _UNSAID, "code": _UNSAID}},
                {"required": ["email", "code"], "properties": {"email": _SAID, "code": _SAID, "token": _UNSAID}},
            ],
        },
    )

    token: str | None = None
    email: str | None = None
    code: str | None = None

    def shown(self) -> Shown:
        """The same, in the language of the service."""
        return Shown(token=self.token, email=self.email, code=self.code)


class ResettingPassword(Showing):
    """The same, and the next password."""

    new_password: Password


class MovingAddress(BaseModel):
    """Where to, and the present password."""

    model_config = ConfigDict(strict=True)

    new_email: Email
    current_password: Password
