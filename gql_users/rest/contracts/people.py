"""The contract `people`: first and last name, age and address."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from gql_users.rest.contracts.contract import EVERYWHERE, Age, Contract, Email, NamePart, UserIn, UserOut, omitted
from gql_users.rest.errors import answers
from gql_users.web.failures import plain


class PeopleUser(UserOut):
    """A person, exactly these fields; null is what another contract never asked for."""

    id: int
    first_name: str | None
    last_name: str | None
    age: int | None
    email: str


class PeopleNewUser(UserIn):
    """A new person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"first_name": "John", "last_name": "Doe", "age": 30, "email": "john@example.com"}]
        }
    )

    first_name: NamePart
    last_name: NamePart
    age: Age
    email: Email


class PeoplePartOfUser(UserIn):
    """Any of these."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"age": 31}]})

    first_name: NamePart = omitted()
    last_name: NamePart = omitted()
    age: Age = omitted()
    email: Email = omitted()


class PeopleRefused(BaseModel):
    """Why a request was refused."""

    detail: str
    code: str


PEOPLE = Contract(
    name="people",
    summary="First and last name, age and address.",
    slash="/",
    user=PeopleUser,
    new=PeopleNewUser,
    whole=None,
    part=PeoplePartOfUser,
    lists_everybody=False,
    when_nobody=None,
    answers_422=True,
    shape=plain,
    failures=answers(
        PeopleRefused,
        **EVERYWHERE,
        _404="There is no such person.",
        _409="The address is in use, or this is the last admin.",
    ),
)
