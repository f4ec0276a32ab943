"""The contract `accounts`: first and last name, address and a password that is never shown."""

from __future__ import annotations

from datetime import datetime

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from gql_users.errors import ErrorCode
from gql_users.rest.contracts.contract import EVERYWHERE, Contract, Email, NamePart, Password, UserIn, UserOut, omitted
from gql_users.rest.errors import answers
from gql_users.web.failures import Failure

# The service it describes knows four sentences, and its clients compare them.
_NOT_FOUND, _TAKEN, _INVALID, NOBODY = (
    "User not found",
    "Email already registered",
    "Invalid data",
    "No users found",
)


class AccountsUser(UserOut):
    """An account, exactly these fields; null is what another contract never asked for."""

    id: int
    first_name: str | None
    last_name: str | None
    email: str
    created_at: datetime
    updated_at: datetime


class AccountsNewUser(UserIn):
    """A new account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first_name": "Grace",
                    "last_name": "Hopper",
                    "email": "grace@example.com",
                    "password": "a long enough password",
                }
            ]
        }
    )

    first_name: NamePart
    last_name: NamePart
    email: Email
    password: Password


class AccountsChangedUser(UserIn):
    """Any of these."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"last_name": "Murray Hopper"}]})

    first_name: NamePart = omitted()
    last_name: NamePart = omitted()
    email: Email = omitted()
    password: Password = omitted()


class AccountsRefused(BaseModel):
    """Why a request was refused: a sentence, and nothing else."""

    detail: str


def shape(failure: Failure) -> JSONResponse:
    """As the service it describes does: one sentence, 400 for whatever is wrong with what was sent."""
    status, message = failure.status, failure.message
    if failure.code == ErrorCode.EMAIL_TAKEN:
        status, message = 400, _TAKEN
    elif status == 422 and any(each.location[0] == "path" for each in failure.problems):
        status, message = 404, _NOT_FOUND
    elif status == 422:
        status, message = 400, _INVALID
    elif status == 404 and message != NOBODY:
        message = _NOT_FOUND
    return JSONResponse({"detail": message}, status, failure.headers)


ACCOUNTS = Contract(
    name="accounts",
    summary="First and last name, address and a password.",
    slash="/",
    user=AccountsUser,
    new=AccountsNewUser,
    whole=AccountsChangedUser,
    part=None,
    lists_everybody=True,
    when_nobody=NOBODY,
    answers_422=False,
    shape=shape,
    failures=answers(
        AccountsRefused,
        **EVERYWHERE,
        _400=f"`{_TAKEN}` or `{_INVALID}`.",
        _404=f"`{_NOT_FOUND}`, or `{NOBODY}` for the list.",
        _409="The last admin, who cannot be removed.",
    ),
)
