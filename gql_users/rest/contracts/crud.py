"""The contract `crud`: number, name, address and whether the account is active."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from gql_users.rest.contracts.contract import EVERYWHERE, Contract, Email, Name, UserIn, UserOut, omitted
from gql_users.rest.errors import answers
from gql_users.web.failures import plain


class CrudUser(UserOut):
    """A user, exactly these fields."""

    id: int
    name: str
    email: str
    is_active: bool
    created_at: datetime
    updated_at: datetime


class CrudNewUser(UserIn):
    """A new user."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada Lovelace", "email": "ada@example.com"}]})

    name: Name
    email: Email


class CrudWholeUser(CrudNewUser):
    """All that can be replaced."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ada King", "email": "ada@example.com", "is_active": True}]}
    )

    is_active: bool


class CrudPartOfUser(UserIn):
    """Any of these."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    name: Name = omitted()
    email: Email = omitted()
    is_active: bool = omitted()


class CrudRefused(BaseModel):
    """Why a request was refused."""

    detail: str
    code: str


CRUD = Contract(
    name="crud",
    summary="Name, address, and whether the account is active.",
    slash="",
    user=CrudUser,
    new=CrudNewUser,
    whole=CrudWholeUser,
    part=CrudPartOfUser,
    lists_everybody=False,
    when_nobody=None,
    answers_422=True,
    shape=plain,
    failures=answers(
        CrudRefused,
        **EVERYWHERE,
        _404="There is no such user.",
        _409="The address is in use, or this is the last admin.",
    ),
)
